import { expect, test } from 'vitest'
import { answerOf } from '../../../harness/model/answer.js'
import type { Report } from '../../../harness/model/report.js'
import { bandsOf } from '../../../reports/html/bands.js'
import { failed, springBoot } from '../../fixtures/reports/reports.js'
import { restored } from '../../fixtures/reports/restored.js'

const bands = (report: Report) => bandsOf(answerOf(report)).map(({ name, from, to }) => [name, from, to])

test('steps are bands by the clock of the app, one after the other; image and restore part the checkpoint', () => {
  expect(bands(restored)).toEqual([
    ['boot', -400, 0],
    ['ready', 0, 3210],
    ['warm-up', 3210, 3350],
    ['checkpoint', 3360, 3600],
    ['image', 3600, 4412],
    ['restore', 4412, 4672],
    ['checkpoint', 4672, 5060],
    ['join', 5060, 5180],
  ])
})

test('a report without steps has the phases that its times tell, one that never was ready has what it came to', () => {
  expect(bands(springBoot).map(([name]) => name)).toEqual(['boot', 'warm-up', 'ready', 'checkpoint'])
  expect(bands(failed)).toEqual([])
  const steps = [
    { name: 'boot', atMs: 0, durationMs: 300 },
    { name: 'ready', atMs: 300, durationMs: 60_000 },
  ] as const
  expect(bands({ ...failed, timing: { ...failed.timing, steps: [...steps] } })).toEqual([
    ['boot', -300, 0],
    ['ready', 0, 60_000],
  ])
})
