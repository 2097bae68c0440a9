import { expect, test } from 'vitest'
import { compareLedgers, describeDifferences, mergeLedgers } from '../../harness/ledger/compare.js'
import type { Origin } from '../../harness/model/report.js'
import type { Entry } from '../../harness/model/target.js'

const origin = (methods: string[], more: Partial<Origin> = {}): Origin => ({
  atMs: 1,
  thread: 'main',
  tid: 7,
  syscall: 'openat',
  java: methods.map((method) => ({ class: 'com.acme.Pool', method, file: null, line: 1 })),
  native: [],
  ...more,
})
const entry = (made: Origin | null, more: Partial<Entry> = {}): Entry => ({
  fd: 5,
  kind: 'file',
  target: { is: 'file', path: '/x', deleted: false },
  peerHolders: [],
  listener: null,
  watches: [],
  origin: made,
  bound: null,
  listened: null,
  connected: null,
  missing: null,
  ...more,
})

test('ledgers that name the same maker do not differ, however deep each has looked', () => {
  expect(compareLedgers([entry(origin(['open', 'main']))], [entry(origin(['open']))])).toEqual([])
})

test('another thread, call or method is a difference, and so is a record that only one has', () => {
  const kernel = entry(origin(['open']))
  for (const other of [
    entry(origin(['shut'])),
    entry(origin(['open'], { tid: 8 })),
    entry(origin(['open'], { syscall: 'socket' })),
    entry(null, { missing: 'no record' }),
    entry(origin(['open']), { bound: origin(['bind'], { syscall: 'bind' }) }),
  ])
    expect(compareLedgers([kernel], [other])).toMatchObject([{ fd: 5, explanation: null }])
})

test('what the observers can’t both see is explained', () => {
  const unsampled = compareLedgers([entry(origin([]))], [entry(origin(['open']))])
  expect(unsampled).toMatchObject([{ explanation: expect.stringMatching(/no stack/) }])
  expect(describeDifferences(unsampled)).toMatch(/differ in 1 places, 0 of them unexplained/)
  expect(describeDifferences([])).toBe(null)
})

test('the merged ledger takes the Java stack from the observer that has it, of the same thread only', () => {
  const [merged] = mergeLedgers([entry(origin([]), { missing: 'lost' })], [entry(origin(['open']))])
  expect(merged).toMatchObject({ missing: null, origin: { java: [{ method: 'open' }] } })
  const [kept] = mergeLedgers([entry(origin([]), { missing: 'lost' })], [entry(origin(['open'], { tid: 9 }))])
  expect(kept).toMatchObject({ missing: 'lost', origin: { java: [] } })
})
