import type { Blocker, Report } from '../model/report.js'
import { matchesId } from './patterns.js'

/** What a check should find; blockers by the words of `matchesId`. */
export type Expectation = 'checkpointable' | { blockedBy: string[] }

/** How a report compares with what was expected; an unexpected pass is as loud as an unexpected blocker. */
export interface Comparison {
  expected: Blocker[]
  unexpected: Blocker[]
  /** The expectations that no blocker met. */
  unmet: string[]
}

export function compare(report: Report, expectation: Expectation): Comparison {
  const patterns = expectation === 'checkpointable' ? [] : expectation.blockedBy
  const expected = report.blockers.filter(({ id }) => patterns.some((pattern) => matchesId(pattern, id)))
  return {
    expected,
    unexpected: report.blockers.filter((blocker) => !expected.includes(blocker)),
    unmet: patterns.filter((pattern) => !report.blockers.some(({ id }) => matchesId(pattern, id))),
  }
}
