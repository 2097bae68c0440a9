import type { BaselineFile } from '../../baseline/baseline-file.js'
import type { Expectation } from '../../baseline/expectation.js'
import { judged } from '../../baseline/judge.js'
import { UsageError } from '../../model/errors.js'
import type { Report } from '../../model/report.js'
import { count } from '../../model/text.js'
import { all, one, type RawOptions } from '../options.js'
import { assertWritable } from '../output/outputs.js'

/** What an app may be found with, beside what the baseline says. */
export interface Allowance {
  expect: Expectation
  tolerate: readonly string[]
}

/** Most checks have none, and need not wait for what reads it. */
async function readBaseline(path: string, create: boolean): Promise<BaselineFile> {
  const { BaselineFile } = await import('../../baseline/baseline-file.js')
  return BaselineFile.read(path, { create })
}

/** Which blockers fail nobody: those of the baseline, and those that the command line accepts. */
export class Accepted {
  private constructor(
    private readonly baseline: BaselineFile | null,
    private readonly accept: readonly string[],
    private readonly strict: boolean,
    private readonly updating: boolean,
  ) {}

  /** `file` is what crac-preflight.yaml says; the command line wins. */
  static async of(
    options: RawOptions,
    file: { baseline?: string; strict?: boolean } = {},
  ): Promise<Accepted> {
    const path = one(options, 'baseline') ?? file.baseline
    const updating = options.updateBaseline === true
    if (updating && path === undefined)
      throw new UsageError(
        '--update-baseline needs a file. Name it: --baseline crac-preflight-baseline.yaml.',
      )
    const baseline = path === undefined ? null : await readBaseline(path, updating)
    if (updating) await assertWritable('baseline', path)
    return new Accepted(
      baseline,
      all(options, 'accept'),
      options.strict === true || file.strict === true,
      updating,
    )
  }

  /** The reports with what of them was known. With `--update-baseline` that is all of it from here on. */
  async judge(reports: readonly Report[], allowed: (app: string) => Allowance): Promise<Report[]> {
    const known = this.known(reports, allowed)
    if (!this.updating || this.baseline === null) return known
    const { added, removed } = await this.baseline.update(known)
    process.stderr.write(
      `crac-preflight: ${this.baseline.path}: ${count(added, 'blocker')} added, ${removed} removed\n`,
    )
    return this.known(reports, allowed)
  }

  private known(reports: readonly Report[], allowed: (app: string) => Allowance): Report[] {
    return reports.map((report) => {
      const { expect, tolerate } = allowed(report.scenario)
      return judged(report, {
        expect,
        accept: this.baseline?.accepted(report.scenario) ?? [],
        tolerate: [...tolerate, ...this.accept, ...(this.baseline?.tolerated ?? [])],
        strict: this.strict,
      })
    })
  }
}
