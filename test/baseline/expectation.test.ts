import { expect, test } from 'vitest'
import { compare } from '../../harness/baseline/expectation.js'
import type { Blocker, Report } from '../../harness/model/report.js'

const reportOf = (...ids: string[]) => ({ blockers: ids.map((id) => ({ id }) as Blocker) }) as Report
const ids = (blockers: Blocker[]) => blockers.map(({ id }) => id)

test('every blocker of an app that should be checkpointable is unexpected', () => {
  expect(ids(compare(reportOf('file:a.B.c'), 'checkpointable').unexpected)).toEqual(['file:a.B.c'])
})

test.for([
  ['socket:com.zaxxer.hikari.pool.PoolBase.newConnection', true],
  ['socket:com.zaxxer.hikari', true],
  ['socket:com.zaxxer', true],
  ['socket:com.zax', false],
  ['socket:*', true],
  ['*.newConnection', true],
  ['file:*', false],
  ['socket:com.zaxxer.hikari.pool.PoolBase.newConnection.more', false],
] as const)('the expectation "%s" is met: %s', ([pattern, met]) => {
  const report = reportOf('socket:com.zaxxer.hikari.pool.PoolBase.newConnection')
  const { expected, unexpected, unmet } = compare(report, { blockedBy: [pattern] })
  expect([expected.length, unexpected.length, unmet]).toEqual(met ? [1, 0, []] : [0, 1, [pattern]])
})

test('inner classes and second sites of one id are matched, too', () => {
  const report = reportOf('file:a.B$C.<init>', 'file:a.B$C.<init>#2')
  expect(compare(report, { blockedBy: ['file:a.B$C.<init>'] }).unexpected).toEqual([])
  expect(compare(report, { blockedBy: ['file:a.*'] }).unexpected).toEqual([])
})

test('a blocker that is expected and not there is an unmet expectation', () => {
  expect(compare(reportOf(), { blockedBy: ['file:x'] }).unmet).toEqual(['file:x'])
})
