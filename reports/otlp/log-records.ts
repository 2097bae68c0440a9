import type { Attributes } from '@opentelemetry/api'
import type { Answer } from '../../harness/model/answer.js'
import { findingAttributes } from './attributes.js'

/** One line for those who search logs. */
export interface LogFacts {
  event: string
  body: string
  attributes: Attributes
}

/** Each finding by itself, and why there is no verdict where there is none. */
export function toLogRecords(answer: Answer): LogFacts[] {
  const failure = answer.run?.failure ?? null
  const why: LogFacts[] =
    failure === null
      ? []
      : [
          {
            event: 'crac.failure',
            body: failure.message,
            attributes: { 'crac.scenario': answer.name, 'error.type': failure.code },
          },
        ]
  const findings = answer.blockers.flatMap((blocker) =>
    blocker.findings.map((finding) => ({
      event: 'crac.finding',
      body: finding.message,
      attributes: findingAttributes(answer, blocker, finding),
    })),
  )
  return [...why, ...findings]
}
