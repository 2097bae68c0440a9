import type { Attributes } from '@opentelemetry/api'
import { isAccepted, type Answer } from '../../harness/model/answer.js'
import { known } from './attributes.js'

/** One number with what it is about. A check is over when it is reported, so each is a gauge. */
export interface Gauge {
  name: string
  unit: string
  description: string
  points: { value: number; attributes: Attributes }[]
}

const verdicts = ['checkpointable', 'blocked', 'failed'] as const

/** What dashboards and alerts are made of. */
export function toGauges(answer: Answer): Gauge[] {
  const about = { 'crac.scenario': answer.name }
  const gauge = (name: string, unit: string, description: string, points: Point[]): Gauge => ({
    name,
    unit,
    description,
    points: points.map(([value, attributes]) => ({ value, attributes: known({ ...about, ...attributes }) })),
  })
  const { evidence, run } = answer
  return [
    gauge(
      'crac.check.verdict',
      '{check}',
      '1 for the verdict of the last check, 0 for the others',
      answer.verdict === null
        ? []
        : verdicts.map((verdict) => [Number(verdict === answer.verdict), { 'crac.verdict': verdict }]),
    ),
    gauge(
      'crac.check.blockers',
      '{blocker}',
      'Blockers by kind, owner, and whether they are accepted',
      blockers(answer),
    ),
    gauge(
      'crac.check.descriptors',
      '{descriptor}',
      'Live descriptors at the checkpoint, by kind and verdict',
      descriptors(answer),
    ),
    gauge('crac.check.duration', 's', 'How long the check took', seconds(run?.timing.totalMs)),
    gauge(
      'crac.check.step.duration',
      's',
      'How long each step of the check took: boot, ready, warm-up, checkpoint, image, restore, join',
      (run?.timing.steps ?? []).map(({ name, durationMs }) => [durationMs / 1000, { 'crac.step': name }]),
    ),
    gauge(
      'crac.check.image.size',
      'By',
      'Size of the checkpoint image',
      run?.restoration?.imageBytes == null ? [] : [[run.restoration.imageBytes, {}]],
    ),
    gauge(
      'crac.check.evidence.losses',
      '{event}',
      'What never reached the ledger, by reason',
      evidence === null
        ? []
        : Object.entries({
            ...evidence.losses,
            lostSamples: evidence.lostSamples,
            withoutOrigin: evidence.withoutOrigin,
          }).map(([reason, value]) => [value, { 'crac.loss': reason }]),
    ),
  ].filter(({ points }) => points.length > 0)
}

type Point = [value: number, attributes: Attributes]

const seconds = (ms: number | null | undefined): Point[] => (ms == null ? [] : [[ms / 1000, {}]])

const blockers = (answer: Answer): Point[] =>
  counted(
    answer.blockers.map((blocker) => ({
      'crac.blocker.kind': blocker.kind,
      'crac.blocker.owner': blocker.owner?.artifact ?? blocker.owner?.jar ?? 'unknown',
      'crac.blocker.accepted': isAccepted(answer, blocker),
    })),
  )

const descriptors = (answer: Answer): Point[] =>
  counted(
    answer.descriptors.map(({ kind, verdict = 'unknown' }) => ({
      'crac.descriptor.kind': kind,
      'crac.descriptor.verdict': verdict,
    })),
  )

/** How often each combination is there. */
function counted(all: readonly Attributes[]): Point[] {
  const counts = new Map<string, Point>()
  for (const attributes of all) {
    const key = JSON.stringify(attributes)
    counts.set(key, [(counts.get(key)?.[0] ?? 0) + 1, attributes])
  }
  return [...counts.values()]
}
