import { missed, newBlockers } from '../model/answer.js'
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

/** Stands for an expectation that any blocker meets. */
export const ANY_BLOCKER = '*'

/** How a report compares that says itself what was known of it. */
export function comparisonOf(report: Report): Comparison {
  const unexpected = newBlockers(report)
  return {
    expected: report.blockers.filter((blocker) => !unexpected.includes(blocker)),
    unexpected: [...unexpected],
    unmet: [...missed(report.known)],
  }
}

export function compare(report: Report, expectation: Expectation): Comparison {
  const patterns = expectation === 'checkpointable' ? [] : expectation.blockedBy
  const expected = report.blockers.filter((blocker) => isMeant(blocker, patterns))
  return {
    expected,
    unexpected: report.blockers.filter((blocker) => !expected.includes(blocker)),
    unmet: patterns.filter((pattern) => !report.blockers.some(({ id }) => matchesId(pattern, id))),
  }
}

/**
 * The opposite: `.not.toBeCheckpointable()` expects a blocker, whichever it is; `.not.toBeBlockedBy(…)` expects none of
 * those that it names, and says nothing of others.
 */
export function compareNegated(report: Report, expectation: Expectation): Comparison {
  const { blockers, verdict } = report
  if (expectation === 'checkpointable')
    return { expected: blockers, unexpected: [], unmet: verdict === 'checkpointable' ? [ANY_BLOCKER] : [] }
  const unexpected = blockers.filter((blocker) => isMeant(blocker, expectation.blockedBy))
  return { expected: blockers.filter((blocker) => !unexpected.includes(blocker)), unexpected, unmet: [] }
}

const isMeant = ({ id }: Blocker, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matchesId(pattern, id))
