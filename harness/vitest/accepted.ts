import { inject } from 'vitest'
import { BaselineFile } from '../baseline/baseline-file.js'
import type { Expectation } from '../baseline/expectation.js'
import { judged } from '../baseline/judge.js'
import type { Report } from '../model/report.js'

/** The report with what of it was known: by the test's expectation, by its own list, and by the plugin's baseline. */
export function withKnown(report: Report, expect: Expectation, tolerate: readonly string[] = []): Report {
  // Without the plugin nothing has been provided, whatever the type says.
  const asked = inject('cracPreflightBaseline') as { file: string; strict: boolean } | undefined
  const baseline = asked === undefined ? null : BaselineFile.read(asked.file)
  return judged(report, {
    expect,
    accept: baseline?.accepted(report.scenario) ?? [],
    tolerate: [...tolerate, ...(baseline?.tolerated ?? [])],
    strict: asked?.strict === true,
  })
}
