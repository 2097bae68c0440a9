import { expect, test } from 'vitest'
import { assignSamples, joinLedger } from '../../harness/ledger/join.js'
import type { LiveFile, TracerRecord } from '../../harness/ledger/records.js'
import type { Sample } from '../../harness/ledger/observers/profiler/samples.js'

const record = (more: Partial<TracerRecord>): TracerRecord => ({
  kind: 'open',
  ts: 0,
  until: null,
  tgid: 1,
  tid: 1,
  nsTid: 1,
  fd: 3,
  syscall: 'openat',
  file: 'f1',
  inode: 10,
  device: 1,
  sample: 'sent',
  comm: 'main',
  name: 'a',
  address: null,
  stack: [],
  ...more,
})
const live = (more: Partial<LiveFile>): LiveFile => ({
  fd: 3,
  file: 'f1',
  inode: 10,
  device: 1,
  mode: 0o100644,
  link: '/a',
  inherited: false,
  ...more,
})
const sample = (time: number, method: string, tid = 1): Sample => ({
  tid,
  thread: 'main',
  time,
  java: [{ class: 'app.Main', method, file: null, line: 1 }],
  native: [],
})
const join = (records: TracerRecord[], lives: LiveFile[], samples: Sample[]) =>
  joinLedger({
    records,
    live: lives,
    samples: assignSamples(records, samples),
    sockets: new Map(),
    watches: new Map(),
    releasedAt: 0,
    nameAddress: (address) => address,
  })

test('a sample belongs to the record before it on the same thread, however late it comes', () => {
  const first = record({ ts: 100, until: 5000 })
  const second = record({ ts: 5000, file: 'f2' })
  const taken = assignSamples(
    [second, first],
    [sample(4999, 'one'), sample(5001, 'two'), sample(101, 'other', 2)],
  )
  expect(taken.get(first)?.java[0]?.method).toBe('one')
  expect(taken.get(second)?.java[0]?.method).toBe('two')
})

test('a lost sample leaves its record without one, and takes nobody else’s', () => {
  const first = record({ ts: 100, until: 200 })
  const second = record({ ts: 200, file: 'f2', until: 300 })
  const taken = assignSamples([first, second], [sample(250, 'two')])
  expect(taken.get(first)).toBeUndefined()
  expect(taken.get(second)?.java[0]?.method).toBe('two')
})

test('both files of one call share the sample that the first one asked for', () => {
  const source = record({ ts: 100, until: 900 })
  const sink = record({ ts: 101, until: 900, file: 'f2', sample: 'pending' })
  const taken = assignSamples([source, sink], [sample(110, 'pipe')])
  expect(taken.get(source)).toBe(taken.get(sink))
  expect(taken.size).toBe(2)
})

test('the address of a freed struct file does not pass its creator on', () => {
  const [entry] = join([record({ inode: 9 })], [live({ inode: 10 })], [sample(1, 'wrong')])
  expect(entry?.origin).toBe(null)
  expect(entry?.missing).toMatch(/no record/)
})

test('what was done before the file was created was done to another file', () => {
  const records = [record({ kind: 'bind', ts: 50, sample: 'off' }), record({ ts: 100 })]
  expect(join(records, [live({})], [sample(101, 'open')])[0]).toMatchObject({
    bound: null,
    origin: { syscall: 'openat' },
  })
})

test('two numbers of one file have one creator', () => {
  const entries = join([record({ ts: 1 })], [live({ fd: 3 }), live({ fd: 9 })], [sample(2, 'open')])
  expect(entries.map(({ fd, origin }) => [fd, origin?.java[0]?.method])).toEqual([
    [3, 'open'],
    [9, 'open'],
  ])
})

test.for([
  ['no-handler', /JVM boot/],
  ['forked', /fork and exec/],
  ['blocked', /SIGPROF blocked/],
  ['failed', /could not be sent/],
  ['sent', /lost/],
] as const)('a record whose signal was "%s" says why it has no Java stack', ([state, why]) => {
  expect(join([record({ sample: state })], [live({})], [])[0]?.missing).toMatch(why)
})

test('an inherited descriptor is said to be inherited', () => {
  expect(join([], [live({ inherited: true })], [])[0]?.missing).toMatch(/inherited/)
})

test('a descriptor whose sample was lost says so, and keeps its native evidence', () => {
  const [entry] = join([record({ sample: 'sent', stack: ['socket+0x17 (libc.so.6)'] })], [live({})], [])
  expect(entry?.missing).toMatch(/sample .* was lost/)
  expect(entry?.origin).toMatchObject({ syscall: 'openat', java: [], native: ['socket+0x17 (libc.so.6)'] })
})

test('what another process made is said to be that process’s, without a stack of ours', () => {
  const [entry] = joinLedger({
    records: [],
    foreign: [record({ tgid: 77, tid: 77, comm: 'bash', stack: ['0x1'] })],
    live: [live({})],
    samples: new Map(),
    sockets: new Map(),
    watches: new Map(),
    releasedAt: 0,
    nameAddress: () => 'a name of the wrong process',
  })
  expect(entry?.missing).toMatch(/made by another process, bash \(pid 77\)/)
  expect(entry?.origin).toMatchObject({ thread: 'bash', java: [], native: [] })
})
