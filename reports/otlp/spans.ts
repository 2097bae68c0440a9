import type { Attributes } from '@opentelemetry/api'
import { isAsKnown, type Answer } from '../../harness/model/answer.js'
import { largest } from '../../harness/model/lists.js'
import type { Step } from '../../harness/model/report.js'
import { blockerAttributes, checkAttributes, known } from './attributes.js'

/** Seconds and nanoseconds since 1970: the one form of a time that OpenTelemetry's packages never read otherwise. */
export type Instant = [seconds: number, nanoseconds: number]

/** A part of a check with its begin and end. */
export interface SpanFacts {
  name: string
  from: Instant
  to: Instant
  attributes: Attributes
  events: { name: string; at: Instant; attributes: Attributes }[]
  /** Why it did not go well; null where it did. */
  error: string | null
  children: SpanFacts[]
}

/** A check as a tree of spans; null where it is not known when it began. */
export function toSpans(answer: Answer): SpanFacts | null {
  const { run, headline } = answer
  if (run?.timing.begin == null) return null
  const { steps, totalMs } = run.timing
  const beginMs = Date.parse(run.timing.begin)
  const at = (ms: number) => instant(beginMs + ms)
  const end = largest([totalMs, ...steps.map(endOf)])
  const check: SpanFacts = {
    name: 'check',
    from: at(0),
    to: at(end),
    attributes: checkAttributes(answer),
    events: run.failure === null ? [] : [{ name: 'exception', at: at(end), attributes: failed(run.failure) }],
    error: run.failure?.message ?? (isAsKnown(answer) ? null : headline),
    children: steps.filter((step) => parentOf(step, steps) === undefined).map(span),
  }
  // What was found was found by the checkpoint; its span is there wherever one was asked for.
  const checkpoint = check.children.find(({ name }) => name === 'checkpoint') ?? check
  for (const blocker of answer.blockers)
    checkpoint.events.push({
      name: 'crac.blocker',
      at: checkpoint.to,
      attributes: blockerAttributes(answer, blocker),
    })
  return check

  function span(step: Step): SpanFacts {
    const broke = run?.failure != null && step === steps.at(-1)
    return {
      name: step.name,
      from: at(step.atMs),
      to: at(endOf(step)),
      attributes: {},
      events: [],
      error: broke ? (run.failure?.message ?? null) : restoreError(step, answer),
      children: steps.filter((each) => parentOf(each, steps) === step).map(span),
    }
  }
}

/** When the check's findings were known. */
export const foundAt = (check: SpanFacts): Instant =>
  check.children.find(({ name }) => name === 'checkpoint')?.to ?? check.to

const endOf = ({ atMs, durationMs }: Step): number => atMs + durationMs

/** An image is made, and an app restored, while its checkpoint is under way. */
const parentOf = ({ name }: Step, steps: readonly Step[]): Step | undefined =>
  name === 'image' || name === 'restore' ? steps.find((step) => step.name === 'checkpoint') : undefined

function restoreError({ name }: Step, { run }: Answer): string | null {
  return name === 'restore' && run?.restoration?.verdict === 'restore-failed' ? run.restoration.reason : null
}

const failed = ({ code, message }: { code: string; message: string }): Attributes =>
  known({ 'exception.type': code, 'exception.message': message })

function instant(ms: number): Instant {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}
