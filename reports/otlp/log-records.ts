import type { Attributes } from '@opentelemetry/api'
import type { Answer } from '../../harness/model/answer.js'
import { harmless } from '../parts/escape.js'
import { findingsAttributes, known } from './attributes.js'

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
            body: harmless(failure.message),
            attributes: known({ 'crac.scenario': answer.name, 'error.type': failure.code }),
          },
        ]
  const findings = answer.blockers.flatMap((blocker) => {
    const attributes = findingsAttributes(answer, blocker)
    return blocker.findings.map((finding, i) => ({
      event: 'crac.finding',
      body: harmless(finding.message),
      attributes: attributes[i] ?? {},
    }))
  })
  return [...why, ...findings]
}
