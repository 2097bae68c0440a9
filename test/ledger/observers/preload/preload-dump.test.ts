import { expect, test } from 'vitest'
import { identify, readDump } from '../../../../harness/ledger/observers/preload/preload-dump.js'
import type { LiveFile } from '../../../../harness/ledger/records.js'

const record = (file: string, ts: number, more = {}) => ({
  type: 'record',
  kind: 'open',
  ts,
  tid: 7,
  fd: 5,
  syscall: 'openat',
  function: 'open64',
  file,
  inode: 100,
  device: 1,
  sample: 'taken',
  stack: 1,
  thread: 'main',
  ...more,
})
const link = (file: string, closed: number | null) => ({ type: 'link', fd: 5, file, closed })
const stack = { type: 'stack', stack: 1, java: [], native: [] }
const end = { type: 'end', seen: 3, withJava: 3, lost: 0, noRoom: 0, closedSince: 0 }
const dump = (...lines: object[]) => readDump([...lines, end].map((line) => JSON.stringify(line)).join('\n'))
const live = (more: Partial<LiveFile> = {}): LiveFile => ({
  fd: 5,
  file: '',
  inode: 100,
  device: 1,
  mode: 0,
  link: '/x',
  inherited: false,
  ...more,
})
const fileAt = (lines: object[], at: number, table = live()) => identify([table], dump(...lines), at)[0]?.file

test('a descriptor that was closed after the table was read still joins, and its successor does not', () => {
  const lines = [stack, link('2', null), record('2', 50), link('1', 40), record('1', 10)]
  expect(fileAt(lines, 30)).toBe('1')
  expect(fileAt(lines, 60)).toBe('2')
})

test('a number whose file is another one by now does not join', () => {
  expect(fileAt([stack, link('1', null), record('1', 10)], 30, live({ inode: 101 }))).toBe('')
  expect(fileAt([stack, link('1', null), record('1', 10)], 30, live({ device: 2 }))).toBe('')
  const event = live({ link: 'anon_inode:[eventpoll]' })
  expect(fileAt([stack, link('1', null), record('1', 10, { syscall: 'eventfd2' })], 30, event)).toBe('')
  expect(fileAt([stack, link('1', null), record('1', 10, { syscall: 'epoll_create1' })], 30, event)).toBe('1')
})

test('a dump that is cut, or not of the format, is no dump', () => {
  expect(() => readDump(JSON.stringify(stack))).toThrow(/cut/)
  expect(() => readDump('{"type":"link"}')).toThrow()
})

test.for(
  Object.entries({
    'an address that is none': { ...stack, native: ['zzz'] },
    'more Java frames than it walks': {
      ...stack,
      java: new Array(257).fill({ class: 'a', method: 'b', file: null, line: 1 }),
    },
    'more native ones': { ...stack, native: new Array(65).fill('0x1') },
    'a name that no class file holds': {
      ...stack,
      java: [{ class: 'a'.repeat(65_536), method: 'b', file: null, line: 1 }],
    },
    'a thread with a name that none has': record('1', 10, { thread: 'x'.repeat(256) }),
    'a field that it does not know': { ...stack, __proto__x: 'secret' },
    'a line longer than any': { ...stack, native: [' '.repeat(2 ** 20)] },
  }),
)('what the library would never write is no dump, and is not repeated: %s', ([, line]) => {
  expect(() => dump(stack, line)).toThrow(/^Line 2 is none that the library writes\.$/)
})

test('lines without end are no dump, and take no memory', () => {
  const before = process.memoryUsage().heapUsed
  expect(() => readDump('\n'.repeat(50_000_000))).toThrow('Line 1 is none')
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 ** 31)
})
