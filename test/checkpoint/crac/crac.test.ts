import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkpoint, cracOptions } from '../../../harness/checkpoint/crac/crac.js'
import { jcmd } from '../../../harness/jvm/attach.js'
import { inspectJava } from '../../../harness/jvm/java.js'
import { preflight } from '../../../harness/preflight.js'
import { bootApp as boot } from '../../../harness/run/boot.js'
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
  jcmd: { stdout: string | null; exit: number | null }
  app: { stdout: string; stderr: string }
}

/** What real CRaC JDKs answered, given to the engine as they gave it. */
const recorded = ['crac-21.0.4.jsonl', 'crac-21-current.jsonl', 'crac-25-java-side.jsonl'].flatMap((file) =>
  readFileSync(fixture('transcripts', file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ file, ...(JSON.parse(line) as Recorded) }))
    .filter(({ jcmd: { stdout, exit } }) => stdout !== null && exit === 0 && stdout !== ''),
)

test('recorded answers of real CRaC JDKs are told apart: passed or refused', async () => {
  expect(recorded.length).toBeGreaterThan(400)
  for (const { file, case: name, variant, jcmd: said, app } of recorded) {
    const answer = await checkpoint({
      ...simulating(said.stdout ?? ''),
      appOutputSince: () => Promise.resolve(app.stdout + app.stderr),
    })
    const refused =
      (said.stdout ?? '').includes('An exception during a checkpoint operation') ||
      app.stdout.includes('Native checkpoint failed')
    expect.soft(answer.outcome, `${file} ${name} ${variant}`).toBe(refused ? 'refused' : 'passed')
    expect.soft(answer.findings.length > 0, `${file} ${name} ${variant}`).toBe(refused)
  }
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
