/** Who is at the other ends of pipes: as `lsof +E` shows it. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { localHost } from '../../../harness/host/local-host.js'
import { pipeEndOf } from '../../../harness/host/procfs/pipe-ends.js'
import { readLiveTable } from '../../../harness/ledger/table/live-table.js'
import { addPipeEnds } from '../../../harness/ledger/table/pipes.js'
import type { LedgerEntry } from '../../../harness/model/report.js'
import { endJvm } from '../../support/end-jvm.js'
import { jdk } from '../../support/java.js'
import { judgeKinds, readKinds } from '../kinds.js'

/** Without the tracer, and with the best one: all of them tell the same table. */
test.for(['none', 'preload', 'auto'] as const)(
  'with --trace %s a pipe of the app’s own names its other end, and one to a process that process',
  async (mode) => {
    const reading = await readKinds(jdk, mode, { kinds: ['pipe', 'process'] })
    const pipes = judgeKinds(reading).expected.filter(({ entry }) => entry.kind === 'pipe')
    const ofKind = (wanted: string): LedgerEntry[] =>
      pipes.flatMap(({ kind, entry }) => (kind === wanted ? [entry] : []))
    const [source, sink, ...more] = ofKind('pipe')
    expect(more).toEqual([])
    expect(source?.peerHolders).toMatchObject([{ fd: sink?.fd, own: true, name: 'java', end: 'write' }])
    expect(sink?.peerHolders).toMatchObject([{ fd: source?.fd, own: true, name: 'java', end: 'read' }])
    // Its input, output and errors are pipes to `sleep`, whose standard streams are the other ends.
    const ends = ofKind('process').map(({ peerHolders }) =>
      peerHolders.map(({ name, fd, own, end }) => ({ name, fd, own, end })),
    )
    const sleep = (fd: number, end: string) => [{ name: 'sleep', fd, own: false, end }]
    expect(ends.sort((a, b) => (a[0]?.fd ?? 0) - (b[0]?.fd ?? 0))).toEqual([
      sleep(0, 'read'),
      sleep(1, 'write'),
      sleep(2, 'write'),
    ])
  },
)

test('a pipe with a name names who reads and who writes it, and no other of that name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipes-'))
  const makeFifo = (): number => {
    execFileSync('mkfifo', [join(folder, 'fifo')])
    return openSync(join(folder, 'fifo'), constants.O_RDWR)
  }
  const gone = makeFifo()
  rmSync(join(folder, 'fifo'))
  const both = makeFifo()
  const [reads, writes] = [openSync(join(folder, 'fifo'), 'r'), openSync(join(folder, 'fifo'), 'w')]
  const reader = spawn('sleep', ['600'], { stdio: [reads, 'ignore', 'ignore'] })
  const writer = spawn('sleep', ['600'], { stdio: ['ignore', writes, 'ignore'] })
  try {
    await Promise.all([once(reader, 'spawn'), once(writer, 'spawn')])
    const pid = writer.pid ?? 0
    const { live, trouble } = await addPipeEnds(pid, await readLiveTable(pid), localHost)
    const ends = live.find(({ fd }) => fd === 1)?.otherEnd ?? []
    const told = ends.map(({ pid, fd, end }) => `${pid} ${fd} ${end}`).sort()
    expect(told).toEqual(
      [`${process.pid} ${reads} read`, `${process.pid} ${both} both`, `${reader.pid} 0 read`].sort(),
    )
    expect(trouble).toBeNull()
  } finally {
    await Promise.all([endJvm(reader), endJvm(writer)])
    for (const fd of [gone, both, reads, writes]) closeSync(fd)
  }
})

test('the access mode tells the end, whatever other flags there are', () => {
  const ends = ['0100000', '0100001', '02004002', '']
  expect(ends.map((flags) => pipeEndOf(`pos:\t0\nflags:\t${flags}\nmnt_id:\t14\n`))).toEqual([
    'read',
    'write',
    'both',
    null,
  ])
})
