/** The phases of a check by the clock of the timeline, which begins with the app's release. */
import type { JudgedDescriptor } from '../../harness/model/answer.js'
import { largest } from '../../harness/model/lists.js'
import type { Step } from '../../harness/model/report.js'
import type { PageAnswer } from './page-data.js'

export interface Band {
  name: string
  from: number
  to: number
}

export function bandsOf({ run, descriptors }: PageAnswer): Band[] {
  if (run === null) return []
  const { steps } = run.timing
  // The app is released where it is waited for.
  const released = steps.find(({ name }) => name === 'ready')
  return released === undefined ? guessed(run.timing, descriptors) : measured(steps, released.atMs)
}

const within: readonly string[] = ['image', 'restore']

/** The steps one after the other: what is within the checkpoint parts it. */
function measured(steps: readonly Step[], released: number): Band[] {
  const bands = steps.map(({ name, atMs, durationMs }) => ({
    name,
    from: atMs - released,
    to: atMs + durationMs - released,
  }))
  const inner = bands.filter(({ name }) => within.includes(name))
  const whole = bands.filter(({ name }) => !within.includes(name))
  return [...whole.flatMap((band) => around(band, inner)), ...inner]
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from)
}

/** What of a band is left beside others. */
function around({ name, from, to }: Band, others: readonly Band[]): Band[] {
  const cuts = others.filter((other) => other.from >= from && other.to <= to).sort((a, b) => a.from - b.from)
  const parts = cuts.map((cut, i) => ({ name, from: cuts[i - 1]?.to ?? from, to: cut.from }))
  return [...parts, { name, from: cuts.at(-1)?.to ?? from, to }]
}

/** Where a report does not say when the checkpoint was asked for, it is after all that the app has opened. */
function guessed(
  { bootMs, warmUpMs, checkpointMs, checkpointAtMs }: NonNullable<PageAnswer['run']>['timing'],
  descriptors: readonly JudgedDescriptor[],
): Band[] {
  if (bootMs === null) return []
  const warm = bootMs + (warmUpMs ?? 0)
  const own = descriptors.filter(({ verdict }) => verdict !== 'harness')
  const asked = checkpointAtMs ?? largest([warm, ...own.map(({ origin }) => Math.max(0, origin?.atMs ?? 0))])
  return [
    { name: 'boot', from: 0, to: bootMs },
    ...(warmUpMs === null ? [] : [{ name: 'warm-up', from: bootMs, to: warm }]),
    ...(asked - warm < 1 ? [] : [{ name: 'ready', from: warm, to: asked }]),
    ...(checkpointMs === null ? [] : [{ name: 'checkpoint', from: asked, to: asked + checkpointMs }]),
  ]
}
