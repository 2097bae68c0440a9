import type { Vitest } from 'vitest/node'
import type { AppSpec } from '../../app/spec.js'
import { PreflightError } from '../../model/errors.js'
import { maskOf } from '../../model/mask.js'
import type { BootOptions } from '../../run/boot.js'
import type { RunningApp } from '../../run/running-app.js'
import { failedReport } from '../../run/to-report.js'
import { judgedBy } from '../../baseline/asked-baseline.js'
import { comparisonOf, type Expectation } from '../../baseline/expectation.js'
import { errorsOf } from '../judgement.js'
import { askedBaseline, type PluginOptions } from './options.js'
import type { Found } from './records.js'

/** An app of a global set-up, with what is expected of it when all tests have used it. */
export type SharedAppSpec = AppSpec &
  BootOptions & {
    expect?: Expectation
    /** Blockers that fail nobody, whether or not they are there; see `Expectation` for the words. */
    accept?: readonly string[]
  }

export interface SharedApp {
  app: RunningApp
  spec: SharedAppSpec
  place: readonly string[]
}

/** The apps that are checked at the end of a run. */
export class SharedApps {
  private readonly apps: SharedApp[] = []

  constructor(
    private readonly vitest: Vitest,
    private readonly options: PluginOptions,
  ) {}

  add(app: SharedApp): void {
    this.apps.push(app)
  }

  /** What each has come to. vitest has counted its own failures already: what fails here ends the run with exit code 1. */
  async check(): Promise<Found[]> {
    const { baseline } = this.options
    const asked =
      baseline === undefined ? undefined : askedBaseline(baseline, this.options, this.vitest.config.root)
    const all: Found[] = []
    for (const { app, spec, place } of this.apps) {
      const begin = Date.now()
      const found = await app.checkpoint().catch((error: unknown) => {
        if (!(error instanceof PreflightError)) throw error
        const known = { spec, app: undefined, held: undefined }
        return failedReport(known, error, {
          warmUpMs: null,
          totalMs: Date.now() - begin,
          begin: null,
          steps: [],
        })
      })
      const { expect = 'checkpointable', accept = [] } = spec
      const report = judgedBy(asked, found, { expect, tolerate: accept })
      for (const error of errorsOf(report, comparisonOf(report), place)) {
        process.exitCode = 1
        this.vitest.logger.printError(error, { showCodeFrame: true })
      }
      const appOutput = maskOf(spec.mask)(app.output)
      all.push({
        // What was known of it stands in the report itself.
        record: { report, expectation: null, appOutput, run: { repetition: 0, attempt: 0 } },
        startedAt: new Date(begin),
      })
    }
    return all
  }
}
