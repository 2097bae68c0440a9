import type { Report } from '../model/report.js'
import { BaselineFile } from './baseline-file.js'
import type { Expectation } from './expectation.js'
import { judged } from './judge.js'

/** The baseline that vitest's plugin was asked for. */
export interface AskedBaseline {
  file: string
  strict: boolean
}

/** The report with what of it was known: by what is expected and tolerated here, and by the baseline if there is one. */
export function judgedBy(
  asked: AskedBaseline | undefined,
  report: Report,
  { expect, tolerate }: { expect: Expectation; tolerate: readonly string[] },
): Report {
  const baseline = asked === undefined ? null : BaselineFile.read(asked.file)
  return judged(report, {
    expect,
    accept: baseline?.accepted(report.scenario) ?? [],
    tolerate: [...tolerate, ...(baseline?.tolerated ?? [])],
    strict: asked?.strict === true,
  })
}
