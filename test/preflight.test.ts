import { mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holdProcess } from '../harness/app/process.js'
import { packageRoot } from '../harness/package-root.js'
import { boot, preflight } from '../harness/preflight.js'
import { reportSchema, type Blocker, type Report } from '../harness/report.js'
import { bpfRefusal } from './support/bpf.js'
import { jdk, jdks } from './support/java.js'

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

test.skipIf(bpfRefusal).for(jdks)(
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

test.skipIf(bpfRefusal)('observing changes no finding and leaves no descriptor behind', async () => {
  const kinds = ['FileInput', 'Listener', 'BusySelector', 'Watch', 'NioPipe', 'ChildProcess', 'DirectoryList']
  const run = async (trace: 'ebpf' | 'none') => {
    const app = await boot({ command: command(jdk.java, kinds), ready }, { trace })
    const { answer } = await app.checkpoint()
    const table = readdirSync(`/proc/${app.pid}/fd`).flatMap((fd) => linkOf(app.pid, fd))
    await app.stop()
    return {
      findings: answer.findings.map(({ type, message }) => `${type}: ${normalised(message)}`).sort(),
      table: table.sort(),
    }
  }
  const traced = await run('ebpf')
  expect(traced).toEqual(await run('none'))
  expect(traced.findings.length).toBeGreaterThan(8)
})

test('the rehearsal adds nothing to the table of an app but the attach listener', async () => {
  const app = await boot({ command: command(jdk.java, ['FileInput']), ready }, { trace: 'none' })
  await app.checkpoint()
  const rehearsed = readdirSync(`/proc/${app.pid}/fd`).flatMap((fd) => linkOf(app.pid, fd))
  await app.stop()
  const bare = await holdProcess({
    command: command(jdk.java, ['FileInput']),
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
    logFile: join(mkdtempSync(join(tmpdir(), 'bare-')), 'log'),
  })
  const running = bare.release()
  await running.output.line(/READY/, AbortSignal.timeout(20_000))
  const plain = readdirSync(`/proc/${running.pid}/fd`).flatMap((fd) => linkOf(running.pid, fd))
  await running.stop()
  const added = rehearsed.filter((link) => !link.endsWith('.log'))
  for (const link of plain) if (added.includes(link)) added.splice(added.indexOf(link), 1)
  expect(added).toEqual(['socket'])
})

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
