import type { Vitest } from 'vitest/node'
import type { AppSpec } from '../../app/spec.js'
import { PreflightError } from '../../model/errors.js'
import { maskOf } from '../../model/mask.js'
import type { BootOptions } from '../../run/boot.js'
import type { RunningApp } from '../../run/running-app.js'
import { failedReport } from '../../run/to-report.js'
import { compare, type Expectation } from '../../baseline/expectation.js'
import { errorsOf } from '../judgement.js'
import type { Found } from './records.js'

/** An app of a global set-up, with what is expected of it when all tests have used it. */
export type SharedAppSpec = AppSpec & BootOptions & { expect?: Expectation }

export interface SharedApp {
  app: RunningApp
  spec: SharedAppSpec
  place: readonly string[]
}

/** The apps that are checked at the end of a run. */
export class SharedApps {
  private readonly apps: SharedApp[] = []

  constructor(private readonly vitest: Vitest) {}

  add(app: SharedApp): void {
    this.apps.push(app)
  }

  /** What each has come to. vitest has counted its own failures already: what fails here ends the run with exit code 1. */
  async check(): Promise<Found[]> {
    const found: Found[] = []
    for (const { app, spec, place } of this.apps) {
      const begin = Date.now()
      const report = await app.checkpoint().catch((error: unknown) => {
        if (!(error instanceof PreflightError)) throw error
        const known = { spec, app: undefined, held: undefined }
        return failedReport(known, error, {
          warmUpMs: null,
          totalMs: Date.now() - begin,
          begin: null,
          steps: [],
        })
      })
      const comparison = compare(report, spec.expect ?? 'checkpointable')
      for (const error of errorsOf(report, comparison, place)) {
        process.exitCode = 1
        this.vitest.logger.printError(error, { showCodeFrame: true })
      }
      const { expected, unmet } = comparison
      const expectation =
        spec.expect === undefined || spec.expect === 'checkpointable'
          ? null
          : { blockers: expected.map(({ id }) => id), unmet }
      const appOutput = maskOf(spec.mask)(app.output)
      found.push({
        record: { report, expectation, appOutput, run: { repetition: 0, attempt: 0 } },
        startedAt: new Date(begin),
      })
    }
    return found
  }
}
