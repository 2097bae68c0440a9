import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as api from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf } from '../../../harness/model/answer.js'
import type { Known } from '../../../harness/model/known.js'
import type { Report } from '../../../harness/model/report.js'
import { toGauges } from '../../../reports/otlp/metrics.js'
import { toSpans } from '../../../reports/otlp/spans.js'
import { otlpTarget } from '../../../reports/otlp/target.js'
import { parentSpan } from '../../../reports/otlp/trace-parent.js'
import { checkpointable, failed, springBoot } from '../../fixtures/reports/reports.js'

const begin = '2026-03-01T10:00:00.250Z'
const at = (ms: number) => [
  Date.parse('2026-03-01T10:00:00Z') / 1000 + Math.floor(ms / 1000),
  (ms % 1000) * 1e6,
]
const timed = (report: Report, steps: Report['timing']['steps'], totalMs: number) =>
  toSpans(answerOf({ ...report, timing: { ...report.timing, begin, steps, totalMs } }))

test('a restore is within its checkpoint', () => {
  const check = timed(
    checkpointable,
    [
      { name: 'boot', atMs: 0, durationMs: 900 },
      { name: 'ready', atMs: 900, durationMs: 1000 },
      { name: 'checkpoint', atMs: 1900, durationMs: 1600 },
      { name: 'image', atMs: 2000, durationMs: 700 },
      { name: 'restore', atMs: 2700, durationMs: 800 },
      { name: 'join', atMs: 3500, durationMs: 100 },
    ],
    3600.4,
  )
  expect(check).toMatchObject({ from: at(250), error: null })
  expect(check?.children.map(({ name, from, to }) => [name, from, to])).toEqual([
    ['boot', at(250), at(1150)],
    ['ready', at(1150), at(2150)],
    ['checkpoint', at(2150), at(3750)],
    ['join', at(3750), at(3850)],
  ])
  expect(check?.children[2]?.children.map(({ name, from, to }) => [name, from, to])).toEqual([
    ['image', at(2250), at(2950)],
    ['restore', at(2950), at(3750)],
  ])
})

test('a check that failed has its error on the step that it failed in', () => {
  const check = timed(
    failed,
    [
      { name: 'boot', atMs: 0, durationMs: 9 },
      { name: 'ready', atMs: 9, durationMs: 60_000 },
    ],
    60_010,
  )
  const { message } = failed.failure!
  expect(check).toMatchObject({ error: message, attributes: { 'error.type': failed.failure!.code } })
  expect(check?.events).toMatchObject([{ name: 'exception', attributes: { 'exception.message': message } }])
  expect(check?.children.map(({ error }) => error)).toEqual([null, message])
})

test('what is accepted is told apart, and a check that found nothing else is no error', () => {
  const [first, ...others] = springBoot.blockers.map(({ id }) => id)
  const withKnown = (accepted: string[], more: Partial<Known> = {}) =>
    ({ ...springBoot, known: { accepted, gone: [], unmet: [], strict: false, ...more } }) as Report
  const told = (report: Report) => timed(report, [], 10)
  expect(told(withKnown([first ?? '']))).toMatchObject({
    attributes: {
      'crac.blockers': others.length + 1,
      'crac.blockers.new': others.length,
      'error.type': 'blocked',
    },
    error: expect.stringContaining('new blocker') as unknown,
  })
  const accepted = told(withKnown([first ?? '', ...others], { gone: ['file:a.B'] }))
  expect(accepted).toMatchObject({ attributes: { 'crac.blockers.gone': ['file:a.B'] }, error: null })
  expect(accepted?.attributes).not.toHaveProperty('error.type')
  expect(accepted?.events.map(({ attributes }) => attributes['crac.blocker.accepted'])).toEqual(
    [first, ...others].map(() => true),
  )
  const unmet = { ...checkpointable, known: { accepted: [], gone: [], unmet: ['file:*'], strict: false } }
  expect(told(unmet)).toMatchObject({
    attributes: { 'error.type': 'unmet', 'crac.blockers.unmet': ['file:*'] },
  })
  const [, blockers] = toGauges(answerOf(withKnown([first ?? ''])))
  const byAccepted = (accepted: boolean) =>
    blockers?.points
      .filter(({ attributes }) => attributes['crac.blocker.accepted'] === accepted)
      .reduce((sum, { value }) => sum + value, 0)
  expect([byAccepted(true), byAccepted(false)]).toEqual([1, others.length])
})

test('nothing is told of times that nobody noted', () => {
  expect(toSpans(answerOf(checkpointable))).toBeNull()
})

test('the dashboard asks for metrics and labels that are sent, by the names that Prometheus gives them', () => {
  const restored = { verdict: 'restored', imageBytes: 1 } as Report['restoration']
  const timing = { ...springBoot.timing, steps: [{ name: 'boot' as const, atMs: 0, durationMs: 1 }] }
  const gauges = toGauges(answerOf({ ...springBoot, restoration: restored, timing }))
  const plain = (name: string): string => name.replaceAll('.', '_')
  const suffix = (unit: string): string => ({ s: '_seconds', By: '_bytes' })[unit] ?? ''
  const metrics = gauges.map(({ name, unit }) => plain(name) + suffix(unit))
  const labels = gauges.flatMap(({ points }) => points.flatMap(({ attributes }) => Object.keys(attributes)))
  const dashboard = readFileSync(join(packageRoot, 'docs', 'grafana', 'crac-preflight.json'), 'utf8')
  const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr?: string }[] }[] }
  const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr?.match(/crac_\w+/g) ?? []))
  const sent = [...metrics, ...labels.map(plain)]
  expect(asked.filter((name) => !sent.includes(name))).toEqual([])
  // Nothing is measured for nobody to see.
  expect(metrics.filter((name) => !asked.includes(name))).toEqual([])
})

test('TRACEPARENT is taken as the W3C writes it, or not at all', () => {
  const ids = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'] as const
  const parent = (TRACEPARENT: string, TRACESTATE?: string) =>
    parentSpan({ api }, { TRACEPARENT, TRACESTATE })
  expect(parent(`00-${ids.join('-')}-01`, 'ci=run')).toMatchObject({
    traceId: ids[0],
    spanId: ids[1],
    traceFlags: 1,
    isRemote: true,
  })
  expect(parent(`00-${ids.join('-')}-01`, 'ci=run')?.traceState?.get('ci')).toBe('run')
  expect(parent(`00-${ids.join('-')}-00`)?.traceFlags).toBe(0)
  // A later version may say more.
  expect(parent(`01-${ids.join('-')}-01-more`)).toMatchObject({ spanId: ids[1] })
  for (const wrong of [
    '',
    `ff-${ids.join('-')}-01`,
    `00-${ids.join('-')}-01-more`,
    `00-${'0'.repeat(32)}-${ids[1]}-01`,
    `00-${ids.join('-').toUpperCase()}-01`,
  ])
    expect(parent(wrong)).toBeNull()
})

test('an address is printed without its password', () => {
  expect(otlpTarget('https://ci:secret@otel.example/', '--otlp')).toEqual({
    url: 'https://ci:secret@otel.example',
    shown: 'https://ci:***@otel.example/',
  })
  expect(
    otlpTarget('env', '--otlp', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://ci:secret@otel.example' }),
  ).toEqual({
    url: null,
    shown: 'https://ci:***@otel.example/',
  })
})
