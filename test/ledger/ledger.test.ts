import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import { loadAgent } from '../../harness/jvm/attach.js'
import { Ledger, type LedgerReading } from '../../harness/ledger/ledger.js'
import { compileJava, fixture, jdk, jdks, type Jdk } from '../support/java.js'
import { bpfRefusal } from '../support/bpf.js'

/** Boots the program of all kinds under the ledger, and gives what the program itself saw it open. */
async function readKinds(
  jdk: Jdk,
  kinds: string[] = [],
): Promise<LedgerReading & { truth: Map<string, string> }> {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  mkdirSync(join(folder, 'data'))
  const modern = jdk.feature >= 25
  const classes = compileJava(
    `kinds-${modern ? 25 : 17}`,
    [fixture('java/17/Kinds.java'), ...(modern ? [fixture('java/25/Ffm.java')] : [])],
    modern ? 25 : 17,
  )
  const ledger = await Ledger.prepare(folder, 'ebpf')
  const held = await holdProcess({
    command: [
      jdk.java,
      ...ledger.jvmOptions,
      ...(modern ? ['--enable-native-access=ALL-UNNAMED'] : []),
      `-Ddir=${folder}/data`,
      '-cp',
      classes,
      'Kinds',
      ...kinds,
    ],
    cwd: folder,
    env: { PATH: process.env.PATH ?? '' },
    logFile: join(folder, 'app.log'),
  })
  await ledger.observe(held.pid)
  const app = held.release()
  ledger.released()
  try {
    await Promise.race([
      app.output.line(/^READY/, AbortSignal.timeout(60_000)),
      app.exited.then((exit) => Promise.reject(new Error(`exit ${exit}: ${app.output.tail(20)}`))),
    ])
    await ledger.silence((library, options) => loadAgent(app.pid, library, options))
    const reading = await ledger.read(await ledger.capture(app.pid))
    const truth = new Map(
      [...app.output.text.matchAll(/^TRUTH (\S+) (\d+) (.*)$/gm)].map(([, kind = '', fd, link]) => [
        `${fd} ${link}`,
        kind,
      ]),
    )
    expect(app.output.text).not.toMatch(/^FAILED/m)
    return { ...reading, truth }
  } finally {
    await app.stop()
    await ledger.stop()
  }
}

/** The method of the program that opens a kind; some kinds open in a method or thread of their own. */
const METHODS: Partial<Record<string, string>> = {
  virtual: 'in_virtual',
  many_threads: 'one_of_many',
  storm: 'storm',
}

test.skipIf(bpfRefusal).for(jdks)(
  'every live descriptor of JDK $feature has a record, and every one with a Java creator names the method',
  async (jdk) => {
    const { entries, links, truth, evidence } = await readKinds(jdk)
    const expected = entries.flatMap((entry) => {
      const kind = truth.get(`${entry.fd} ${links.get(entry.fd)}`)
      return kind === undefined ? [] : [{ entry, kind }]
    })
    const right = expected.filter(({ entry, kind }) => {
      const methods = entry.origin?.java.map(({ method }) => method) ?? []
      // The HTTP server's own thread accepts the connection: no method of the program is on its stack.
      if (kind === 'http_server' && entry.origin?.thread === 'HTTP-Dispatcher')
        return methods.includes('implAccept')
      return methods.includes(METHODS[kind] ?? `open_${kind}`)
    })
    const own = entries.filter(({ missing }) => !missing?.includes('inherited'))
    const recorded = own.filter(({ origin }) => origin !== null)
    console.log(
      `ledger JDK ${jdk.feature}: records ${recorded.length}/${own.length}, right Java method ${right.length}/${expected.length}, lost ${evidence.lost}`,
    )
    expect(expected.length).toBeGreaterThan(450)
    expect(expected.filter((each) => !right.includes(each))).toEqual([])
    expect(own.filter((each) => !recorded.includes(each))).toEqual([])
    expect(evidence).toMatchObject({ tracer: 'ebpf', lost: 0, note: null })
  },
)

test.skipIf(bpfRefusal)('bind, listen and connect have stacks of their own', async () => {
  const { entries } = await readKinds(jdk, ['net_sockets'])
  const listener = entries.find(({ target }) => target.endsWith('listening') && target.startsWith('tcp'))
  const calls = (key: 'origin' | 'bound' | 'listened') => [
    listener?.[key]?.syscall,
    listener?.[key]?.java.find(({ class: name }) => name === 'Kinds')?.method,
  ]
  expect(calls('origin')).toEqual(['socket', 'open_net_sockets'])
  expect(calls('bound')).toEqual(['bind', 'open_net_sockets'])
  expect(calls('listened')).toEqual(['listen', 'open_net_sockets'])
  const client = entries.find(({ connected }) => connected !== null)
  expect(client?.connected?.syscall).toBe('connect')
  expect(client?.peer).toBe(listener?.target.replace(/^tcp (.*) listening$/, '$1'))
})

test('without a tracer the live table is still told, with the reason why nothing more is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  const ledger = await Ledger.prepare(folder, 'none')
  expect(ledger.jvmOptions).toEqual([])
  const { entries, evidence } = await ledger.read(await ledger.capture(process.pid))
  expect(evidence).toMatchObject({ tracer: 'none', note: expect.stringMatching(/switched off/) })
  expect(entries.length).toBeGreaterThan(3)
  expect(entries.every(({ origin, missing }) => origin === null && missing !== null)).toBe(true)
})

test.skipIf(bpfRefusal)('a tracer that is killed leaves evidence "lost", and no origin at all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  const ledger = await Ledger.prepare(folder, 'ebpf')
  const held = await holdProcess({
    command: ['sleep', '60'],
    cwd: folder,
    env: {},
    logFile: join(folder, 'log'),
  })
  await ledger.observe(held.pid)
  const app = held.release()
  const tracer = childOf(process.pid, 'fdtrace')
  process.kill(tracer, 'SIGKILL')
  const { entries, evidence } = await ledger.read(await ledger.capture(app.pid))
  expect(evidence.tracer).toBe('lost')
  expect(evidence.note).toBeTruthy()
  expect(entries.every(({ origin }) => origin === null)).toBe(true)
  await app.stop()
  await ledger.stop()
})

function childOf(parent: number, comm: string): number {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      if (stat.includes(`(${comm})`) && Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) === parent)
        return Number(name)
    } catch {
      // It has ended.
    }
  throw new Error(`Process ${parent} has no child ${comm}.`)
}
