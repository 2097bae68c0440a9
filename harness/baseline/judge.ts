import type { Report } from '../model/report.js'
import { compare, type Expectation } from './expectation.js'
import { matchesId } from './patterns.js'

/** What a check may find without failing. */
export interface Demand {
  /** What it must find. */
  expect: Expectation
  /** Patterns of blockers that this app is known for; one that is gone is reported. */
  accept: readonly string[]
  /** Patterns of blockers that any app may have; nobody misses them. */
  tolerate: readonly string[]
  /** Whether an accepted blocker that is gone fails. */
  strict: boolean
}

/** The report with what of it was known. A check without a verdict says nothing about what is gone. */
export function judged(report: Report, { expect, accept, tolerate, strict }: Demand): Report {
  const isDemanded = expect !== 'checkpointable' || accept.length + tolerate.length > 0
  if (report.verdict === 'failed' || !isDemanded) return report
  const { expected, unmet } = compare(report, expect)
  const patterns = [...accept, ...tolerate]
  const accepted = report.blockers.filter(({ id }) => patterns.some((pattern) => matchesId(pattern, id)))
  return {
    ...report,
    known: {
      accepted: [...new Set([...expected, ...accepted].map(({ id }) => id))],
      gone: accept.filter((pattern) => !report.blockers.some(({ id }) => matchesId(pattern, id))),
      unmet,
      strict,
    },
  }
}
