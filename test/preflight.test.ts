import { mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { holdProcess } from '../harness/app/process.js'
import { packageRoot } from '../harness/host/package-root.js'
import { preflight } from '../harness/preflight.js'
import { bootApp as boot } from '../harness/run/boot.js'
import { reportSchema, type Blocker, type Report } from '../harness/model/report.js'
import { bpf } from './support/bpf.js'
import { jdk, jdks } from './support/java.js'
import { childOf } from './support/processes.js'
import { needing } from './support/capability.js'

const leaks = join(packageRoot, 'scenarios', 'leaks')
const command = (java: string, kinds: string[]) => [
  java,
  '-cp',
  join(leaks, 'target', 'classes'),
  'leaks.Main',
  ...kinds,
]
const ready = { log: /^READY/ }

interface Expected {
  verdict: 'blocked' | 'checkpointable'
  owner: string | null
  blockers: string[]
}
const expected = JSON.parse(readFileSync(join(leaks, 'expected.json'), 'utf8')) as Record<string, Expected>
const ownedBy = (report: Report, owner: string) =>
  report.blockers.filter((blocker) => blocker.owner?.frame.startsWith(`${owner}(`))
const kindsOf = (blockers: Blocker[]) => blockers.map(({ kind }) => kind).sort()

needing(bpf).for(jdks)(
  'every kind of leak is a blocker of its kind, owned by the line that made it, JDK $feature',
  { timeout: 120_000 },
  async ({ java }) => {
    const report = await preflight({ command: command(java, []), ready })
    reportSchema.parse(report)
    expect(report.verdict).toBe('blocked')
    for (const [kind, { owner, blockers }] of Object.entries(expected))
      expect
        .soft(
          kindsOf(ownedBy(report, owner ?? `leaks.${kind}.open`)),
          `${kind}: ${JSON.stringify(report.blockers.map(({ id }) => id))}`,
        )
        .toEqual([...blockers].sort())
    // Nothing is blamed on the JDK, on the harness, or on nobody.
    expect(report.blockers.filter(({ owner }) => !owner?.frame.startsWith('leaks.'))).toEqual([])
    expect(report.descriptors.filter(({ verdict }) => verdict === 'unknown')).toEqual([])
  },
)

test('an app that holds nothing is checkpointable', async () => {
  const report = await preflight({ command: command(jdk.java, ['IdleSelector']), ready })
  expect(report).toMatchObject({ verdict: 'checkpointable', blockers: [], failure: null })
})

needing(bpf)('observing changes no finding and leaves no descriptor behind', async () => {
  const kinds = ['FileInput', 'Listener', 'BusySelector', 'Watch', 'NioPipe', 'ChildProcess', 'DirectoryList']
  const run = async (trace: 'ebpf' | 'none') => {
    const app = await boot({ command: command(jdk.java, kinds), ready }, { trace })
    const { answer } = await app.askForCheckpoint()
    const table = await settledTableOf(app.pid)
    await app.stop()
    return {
      findings: answer.findings.map(({ type, message }) => `${type}: ${normalised(message)}`).sort(),
      table,
    }
  }
  const traced = await run('ebpf')
  expect(traced).toEqual(await run('none'))
  expect(traced.findings.length).toBeGreaterThan(8)
})

needing(bpf)('a tracer that is killed in the middle costs no verdict and names nobody wrongly', async () => {
  const kinds = ['FileInput', 'Listener', 'NioPipe']
  const warmUp = () => {
    process.kill(childOf(process.pid, 'fdtrace'), 'SIGKILL')
    return sleep(200)
  }
  const report = await preflight({ command: command(jdk.java, kinds), ready }, { trace: 'ebpf', warmUp })
  expect(report).toMatchObject({ verdict: 'blocked', failure: null, evidence: { tracer: 'lost' } })
  expect(report.evidence.note).toMatch(/tracer was lost/)
  expect(report.blockers.length).toBeGreaterThan(2)
  const frames = report.blockers.flatMap(({ owner }) => (owner === null ? [] : [owner.frame]))
  expect(frames.filter((frame) => !kinds.some((kind) => frame.startsWith(`leaks.${kind}.`)))).toEqual([])
})

test('the rehearsal adds nothing to the table of an app but the attach listener', async () => {
  const spec = { command: command(jdk.java, ['FileInput']), ready }
  const folder = mkdtempSync(join(tmpdir(), 'bare-'))
  const held = await holdProcess({
    ...spec,
    cwd: '/',
    // In the C locale, a class path that has other letters leads nowhere.
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' },
    logFile: join(folder, 'log'),
  })
  const bare = held.release()
  await bare.output.line(/READY/, AbortSignal.timeout(20_000))
  const expected = [...tableOf(bare.pid), 'socket'].sort()
  await bare.stop()
  const app = await boot(spec, { trace: 'none' })
  await app.checkpoint()
  // The JVM closes the connection that the request came over only after the answer.
  await expect.poll(() => tableOf(app.pid)).toEqual(expected)
  await app.stop()
})

/** The table once the connection of the last request is gone. */
async function settledTableOf(pid: number): Promise<string[]> {
  let before: string[] = []
  for (let table = tableOf(pid); String(table) !== String(before); table = tableOf(pid)) {
    before = table
    await sleep(100)
  }
  return before
}

/** What a process's descriptors lead to; its log is each run's own. */
const tableOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`)
    .flatMap((fd) => linkOf(pid, fd))
    .filter((link) => !/\/(?:app\.)?log$/.test(link))
    .sort()

/** What a descriptor leads to, without what differs from run to run. */
function linkOf(pid: number, fd: string): string[] {
  try {
    return [normalised(readlinkSync(`/proc/${pid}/fd/${fd}`))]
  } catch {
    return []
  }
}

const normalised = (text: string): string =>
  text
    .replace(/(socket|pipe):\[\d+\]/g, '$1')
    .replace(/\/tmp\/[\w.-]+\/(?:[\w.-]+\/)*/g, '/tmp/…/')
    .replace(/(?<=@)[0-9a-f]+/g, 'hash')
    .replace(/\b(fd=|FD |port=|localport=|:)\d+/g, '$1N')
    .replace(/leaks\d+/g, 'leaksN')
