import { isAsKnown } from '../../model/answer.js'
import { largest } from '../../model/lists.js'
import type { Report } from '../../model/report.js'

const RESTORE_EXIT_CODES = { restored: 0, 'restore-failed': 1, 'not-tried': 3 } as const

/** What was known before fails nobody. A restore that was asked for is a part of what is checked. */
function exitCodeOf(report: Report): number {
  const { verdict, restoration } = report
  if (verdict === 'failed') return 3
  if (!isAsKnown(report)) return 1
  return verdict === 'blocked' || restoration === null ? 0 : RESTORE_EXIT_CODES[restoration.verdict]
}

/** That of the worst: without a verdict nobody knows what there is. */
export const worstOf = (reports: readonly Report[]): number => largest([0, ...reports.map(exitCodeOf)])
