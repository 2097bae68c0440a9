import { inject } from 'vitest'
import { judgedBy, type AskedBaseline } from '../baseline/asked-baseline.js'
import type { Expectation } from '../baseline/expectation.js'
import type { Report } from '../model/report.js'

/** The report with what of it was known: by the test's expectation, by its own list, and by the plugin's baseline. */
export function withKnown(report: Report, expect: Expectation, tolerate: readonly string[] = []): Report {
  // Without the plugin nothing has been provided, whatever the type says.
  const asked = inject('cracPreflightBaseline') as AskedBaseline | undefined
  return judgedBy(asked, report, { expect, tolerate })
}
