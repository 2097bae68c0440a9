import picomatch from 'picomatch'
import type { Blocker, Report } from '../model/report.js'

/**
 * What a check should find. A blocker is expected by its id, by the beginning of one up to a dot or colon
 * (`socket:com.zaxxer.hikari`), or by a glob (`socket:*`).
 */
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
  const expected = report.blockers.filter(({ id }) => patterns.some((pattern) => matches(pattern, id)))
  return {
    expected,
    unexpected: report.blockers.filter((blocker) => !expected.includes(blocker)),
    unmet: patterns.filter((pattern) => !report.blockers.some(({ id }) => matches(pattern, id))),
  }
}

function matches(pattern: string, id: string): boolean {
  if (id === pattern) return true
  if (id.startsWith(pattern) && /[.:#]/.test(id.charAt(pattern.length))) return true
  // Ids are no paths: a star stands for anything, dots, slashes and `$` of inner classes included.
  return picomatch(pattern.replaceAll('*', '**'), { bash: true, dot: true, nobrace: true, noextglob: true })(
    id,
  )
}
