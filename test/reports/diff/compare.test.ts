import { expect, test } from 'vitest'
import { answerOf } from '../../../harness/model/answer.js'
import type { Report } from '../../../harness/model/report.js'
import { compareAnswers } from '../../../reports/diff/compare.js'
import { renderComparison } from '../../../reports/diff/text.js'
import { grizzly, hostile, springBoot } from '../../fixtures/reports/reports.js'

const compare = (before: Report, after: Report) => compareAnswers(answerOf(before), answerOf(after))
const [database, log] = springBoot.blockers
const moved = {
  ...database!,
  id: 'file:org.h2.Other.open',
  owner: { ...database!.owner!, frame: 'org.h2.Other.open(Other.java:7)' },
}
const otherLine = { ...log!, owner: { ...log!.owner!, frame: log!.owner!.frame.replace(':28', ':31') } }

test('a report and itself have no difference', () => {
  const { blockers, descriptors } = compare(springBoot, springBoot)
  expect(blockers).toEqual({ added: [], gone: [], moved: [], same: 2 })
  expect(descriptors).toEqual({ added: [], gone: [], same: 3 })
})

test('blockers are new, gone, or moved to another line or owner of the same thing', () => {
  const after = { ...springBoot, blockers: [moved, otherLine, ...grizzly.blockers.slice(0, 1)] }
  const { blockers } = compare(springBoot, after)
  expect(blockers.added.map(({ id }) => id)).toEqual([grizzly.blockers[0]!.id])
  expect(blockers.gone).toEqual([])
  expect(blockers.moved.map(({ before, after }) => [before.id, after.id])).toEqual([
    [log!.id, log!.id],
    [database!.id, moved.id],
  ])
  expect(compare(after, springBoot).blockers.gone.map(({ id }) => id)).toEqual([grizzly.blockers[0]!.id])
})

test('descriptors are the same by what they lead to, whatever their number, each once', () => {
  const [out, ...rest] = springBoot.descriptors
  const after = {
    ...springBoot,
    descriptors: [...rest.map((each) => ({ ...each, fd: each.fd + 100 })), out!, out!],
  }
  const { descriptors } = compare(springBoot, after)
  expect(descriptors).toMatchObject({ added: [{ target: 'pipe:[77123]' }], gone: [], same: 3 })
})

test('the text says what is new first, and how the times have changed', () => {
  const after = {
    ...springBoot,
    blockers: [moved, ...grizzly.blockers.slice(0, 1)],
    timing: { ...springBoot.timing, bootMs: 1605 },
  }
  const text = renderComparison(compare(springBoot, after))
  expect(text.split('\n').slice(0, 3)).toEqual([
    'spring-boot-web: blocked → blocked',
    'blockers: 1 new, 1 gone, 1 moved, 0 as before',
    `  + listening socket 0.0.0.0:8080 [listening-socket] ${grizzly.blockers[0]!.owner!.frame} in grizzly-framework-4.0.2.jar (org.glassfish.grizzly:grizzly-framework:4.0.2)`,
  ])
  expect(text).toContain('      to   org.h2.Other.open(Other.java:7) in h2-2.3.232.jar')
  expect(text).toContain('boot: 3.2 s → 1.6 s (-50 %)')
})

test('what an app has named forges no line', () => {
  const text = renderComparison(compare(springBoot, hostile))
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  expect(text).not.toMatch(/^::error/m)
})
