import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkpoint, cracOptions } from '../../../harness/checkpoint/crac/crac.js'
import { jcmd } from '../../../harness/jvm/attach.js'
import { inspectJava } from '../../../harness/jvm/java.js'
import { preflight } from '../../../harness/preflight.js'
import { bootApp as boot } from '../../../harness/run/boot.js'
import { formatFrame } from '../../../harness/model/report.js'
import { fixture, jdk } from '../../support/java.js'
import { compileJava } from '../../support/java.js'
import { capability, needing } from '../../support/capability.js'

/** A JVM whose engine is simengine: it answers and goes on. */
const simulating = (output: string) => ({
  jcmd: (command: string) =>
    Promise.resolve({ code: 0, output: command === 'VM.flags' ? '-XX:CREngine=simengine ' : output }),
  appOutputSince: () => Promise.resolve(''),
  imageFiles: () => Promise.resolve([]),
  exited: new Promise<never>(() => undefined),
  alive: () => Promise.resolve(true),
  timeoutMs: 10_000,
})

const base = { given: [], imageFolder: '/tmp/image', keptOpen: null }

test('the flags of a checkpoint have the names that the version knows', () => {
  expect(
    cracOptions({
      ...base,
      flags: new Set(['CRaCCheckpointTo', 'CREngine', 'CRPrintResourcesOnCheckpoint']),
    }),
  ).toEqual([
    '-XX:CRaCCheckpointTo=/tmp/image',
    '-XX:CREngine=simengine',
    '-XX:+UnlockDiagnosticVMOptions',
    '-XX:+CRPrintResourcesOnCheckpoint',
    '-Djdk.crac.collect-fd-stacktraces=true',
  ])
  expect(
    cracOptions({
      ...base,
      flags: new Set(['CRaCCheckpointTo', 'CRaCEngine', 'CRaCPrintResourcesOnCheckpoint']),
    }),
  ).toContain('-XX:CRaCEngine=simengine')
})

test('what the user gave is never overridden', () => {
  const given = [
    '-XX:CRaCCheckpointTo=cr',
    '-XX:CREngine=criuengine',
    '-Djdk.crac.collect-fd-stacktraces=false',
  ]
  const flags = new Set(['CRaCCheckpointTo', 'CRaCEngine', 'CREngine'])
  expect(cracOptions({ ...base, flags, given })).toEqual([])
})

test('a recording that is open before the JVM is kept open', () => {
  expect(cracOptions({ ...base, flags: new Set(), keptOpen: '/tmp/s.jfr' })).toContain(
    '-XX:CRaCIgnoredFileDescriptors=/tmp/s.jfr',
  )
  expect(() =>
    cracOptions({
      ...base,
      flags: new Set(),
      keptOpen: '/tmp/s.jfr',
      given: ['-XX:CRaCIgnoredFileDescriptors=7'],
    }),
  ).toThrow(/--boot-stacks/)
})

interface Recorded {
  case: string
  variant: string
  jcmd: { stdout: string | null; stderr: string | null; exit: number | null }
  app: { stdout: string; stderr: string | null }
}

/** What real CRaC JDKs answered, given to the engine as they gave it. */
const readAll = () =>
  ['crac-21.0.4.jsonl', 'crac-21-current.jsonl', 'crac-25-java-side.jsonl'].flatMap((file) =>
    readFileSync(fixture('transcripts', file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => ({ file, ...(JSON.parse(line) as Recorded) })),
  )
const recorded = readAll().filter(
  ({ jcmd: { stdout, exit } }) => stdout !== null && exit === 0 && stdout !== '',
)

test('recorded answers of real CRaC JDKs are told apart: passed or refused', async () => {
  expect(recorded.length).toBeGreaterThan(400)
  const told = recorded.map(async ({ file, case: name, variant, jcmd: said, app }) => {
    const answer = await checkpoint({
      ...simulating(said.stdout ?? ''),
      appOutputSince: () => Promise.resolve(`${app.stdout}${app.stderr}`),
    })
    const refused =
      (said.stdout ?? '').includes('An exception during a checkpoint operation') ||
      app.stdout.includes('Native checkpoint failed')
    expect.soft(answer.outcome, `${file} ${name} ${variant}`).toBe(refused ? 'refused' : 'passed')
    expect.soft(answer.findings.length > 0, `${file} ${name} ${variant}`).toBe(refused)
  })
  await Promise.all(told)
})

test('what afterRestore throws is printed when jcmd has its answer already, and is waited for', async () => {
  const tails = recorded.filter(({ app }) => app.stderr?.includes('RestoreException'))
  expect(tails.length).toBeGreaterThan(3)
  for (const { file, case: name, jcmd: said, app } of tails) {
    let through = false
    const simulated = simulating(said.stdout ?? '')
    const answer = await checkpoint({
      ...simulated,
      // The attach listener runs the resources: it answers the next command when they are through.
      jcmd: (command) => {
        through ||= command === 'VM.version'
        return simulated.jcmd(command)
      },
      appOutputSince: () => Promise.resolve(through ? `${app.stdout}${app.stderr}` : app.stdout),
    })
    expect.soft(answer, `${file} ${name}`).toMatchObject({
      outcome: 'passed',
      findings: [],
    })
    expect.soft(answer.afterRestore.length).toBeGreaterThan(0)
    expect.soft(answer.restore?.failures).toHaveLength(answer.afterRestore.length)
  }
})

test('an Error of a Resource ends the command itself, and refuses the checkpoint', async () => {
  const errors = readAll().filter(({ case: name }) => name === 'ResError')
  expect(errors.length).toBeGreaterThan(2)
  for (const { jcmd: said } of errors) {
    const simulated = simulating('')
    const answer = await checkpoint({
      ...simulated,
      jcmd: (command) =>
        command === 'JDK.checkpoint'
          ? Promise.resolve({ code: said.exit ?? 0, output: said.stderr ?? '' })
          : simulated.jcmd(command),
    })
    expect(answer).toMatchObject({
      outcome: 'refused',
      findings: [{ type: 'AssertionError', message: 'an error', resource: 'other' }],
    })
  }
})

test('a Resource that throws has an owner: the line in its own stack', async () => {
  const thrown = recorded.filter(({ case: name }) => /^Res(?:Throw|Javax)/.test(name))
  expect(thrown.length).toBeGreaterThan(5)
  for (const { file, case: name, variant, jcmd: said } of thrown) {
    const { findings } = await checkpoint(simulating(said.stdout ?? ''))
    const own = findings.filter(({ type }) => !(type ?? '').startsWith('CheckpointOpen'))
    const lines = own.map(({ thrownAt }) => thrownAt[0] && formatFrame(thrownAt[0]))
    expect.soft(lines.length, `${file} ${name} ${variant}`).toBeGreaterThan(0)
    expect
      .soft(
        lines.every((line) => line?.startsWith(name)),
        `${file} ${name} ${lines.join()}`,
      )
      .toBe(true)
  }
})

test('why CRIU wrote no image stands in its log, and is the finding', async () => {
  const log = [
    '(00.000127) Version: 4.2 (gitid 0)',
    '(00.061441) Error (criu/sk-unix.c:843): unix: External socket is used. Consider using --ext-unix-sk option.',
    '(00.061490) Error (criu/cr-dump.c:1781): Dumping FAILED.',
  ].join('\n')
  const printed = [
    'JVM: invalid info for restore provided: queued code -1',
    'An exception during a checkpoint operation:',
    'jdk.internal.crac.mirror.CheckpointException',
    '\tSuppressed: java.lang.RuntimeException: Native checkpoint failed.',
  ].join('\n')
  const answer = await checkpoint({
    ...simulating(''),
    jcmd: (command) =>
      Promise.resolve({
        code: 0,
        output: command === 'VM.flags' ? '-XX:CREngine=criuengine ' : 'CR: Checkpoint ...\n',
      }),
    appOutputSince: () => Promise.resolve(printed),
    engineLog: () => Promise.resolve(log),
  })
  expect(answer).toMatchObject({
    outcome: 'refused',
    findings: [{ message: expect.stringMatching(/^unix: External socket/) }],
  })
  expect(answer.findings).toHaveLength(1)
  expect(answer.output).toContain('dump4.log:\n(00.000127) Version: 4.2')
})

test('the printed table judges each descriptor', async () => {
  const http = recorded.find(({ case: name, variant }) => name === 'Http' && variant === 'print-resources')
  const { judgements } = await checkpoint(simulating(http?.jcmd.stdout ?? ''))
  expect([...judgements].slice(0, 5).map(([fd, { verdict }]) => [fd, verdict])).toEqual([
    [0, 'standard'],
    [1, 'standard'],
    [2, 'standard'],
    [3, 'inherited'],
    [4, 'claimed'],
  ])
  expect([...judgements.values()].at(-1)).toEqual({ verdict: 'harness', rule: 'jcmd socket' })
})

test('a JVM without JDK.checkpoint is no CRaC JDK', async () => {
  const classes = compileJava('hold', [fixture('java/17/Waits.java')], 17)
  const app = await boot(
    { command: [jdk.java, '-cp', classes, 'Waits'], ready: { log: /READY/ } },
    { trace: 'none' },
  )
  const asked = checkpoint({
    ...simulating(''),
    jcmd: (command) => jcmd(app.pid, command),
    exited: app.exited,
  })
  await expect(asked).rejects.toMatchObject({ code: 'ENGINE_REFUSED' })
  await app.stop()
})

test('an answer that says nothing is no verdict', async () => {
  await expect(checkpoint(simulating('hello'))).rejects.toMatchObject({ code: 'ENGINE_NO_ANSWER' })
})

const cracJava = process.env.CRAC_PREFLIGHT_CRAC_JAVA
const crac = capability('crac', Boolean(cracJava), 'CRAC_PREFLIGHT_CRAC_JAVA may name the java of a CRaC JDK')

needing(crac)('a real CRaC JDK is asked itself, and its refusal has the Java line', async () => {
  const java = cracJava ?? ''
  expect((await inspectJava(java)).crac).toBe(true)
  const classes = compileJava('leaky', [fixture('java/17/Leaky.java')], 17)
  const report = await preflight({ command: [java, '-cp', classes, 'Leaky'], ready: { log: /READY/ } })
  expect(report).toMatchObject({ verdict: 'blocked', engine: { name: 'crac' } })
  expect(report.blockers[0]?.owner?.frame).toMatch(/^Leaky\.open\(Leaky\.java:/)
})
