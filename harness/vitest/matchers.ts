import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'vitest'
import { blockerMessage, blockerText } from '../../reports/parts/blocker-text.js'
import { harmless } from '../../reports/parts/escape.js'
import { CheckpointBlockedError, ExpectationError, NoVerdictError } from '../model/errors.js'
import type { Comparison, Expectation } from '../baseline/expectation.js'
import { checkOf } from './check-records.js'
import type { Report } from '../model/report.js'
import { count } from '../model/text.js'
import type { RunningApp } from '../run/running-app.js'

declare module 'vitest' {
  interface Matchers {
    /** Asks the running app for a checkpoint; fails with one error per blocker, Java creation stack first. */
    toBeCheckpointable(): Promise<void>
    /** The same with blockers that are known: fails on any other, and on one that is not there. */
    toBeBlockedBy(...ids: string[]): Promise<void>
    /** Of an app that was booted with `restore: true`: that it comes back from its image and answers. */
    toRestore(): Promise<void>
  }
}

/** Adds the matchers to vitest's `expect`. Importing the package is enough. */
export function addMatchers(): void {
  expect.extend({
    async toBeCheckpointable(app: RunningApp) {
      return await judge(app, 'checkpointable', this.isNot)
    },
    async toRestore(app: RunningApp) {
      return await judge(app, 'checkpointable', this.isNot, { restore: true })
    },
    async toBeBlockedBy(app: RunningApp, ...ids: string[]) {
      return await judge(app, { blockedBy: ids }, this.isNot)
    },
  })
}

async function judge(app: RunningApp, expectation: Expectation, isNot: boolean, { restore = false } = {}) {
  const place = callSite()
  const { report, comparison } = await checkOf(app, expectation)
  const errors = errorsOf(report, comparison, place)
  if (restore && report.restoration === null)
    errors.push(
      placed(
        new ExpectationError(
          `${harmless(report.scenario)} was booted without "restore: true", so nobody made an image of it.`,
        ),
        place,
      ),
    )
  // Thrown, not returned: only so does every blocker become an error of its own.
  if (!isNot && errors.length > 0)
    throw new AggregateError(errors, `${report.scenario}: ${whatIsWrong(report, comparison, restore)}`)
  return { pass: errors.length === 0, message: () => `expected ${report.scenario} not to be checkpointable` }
}

/** `1 blocker, 2 unmet expectations` */
export function whatIsWrong(report: Report, { unexpected, unmet }: Comparison, restore = false): string {
  const { failure, restoration } = report
  if (failure) return 'the check came to no verdict'
  return [
    ...(unexpected.length > 0 ? [count(unexpected.length, 'blocker')] : []),
    ...(unmet.length > 0 ? [count(unmet.length, 'unmet expectation')] : []),
    ...(restoration?.verdict === 'not-tried' || (restore && restoration === null) ? ['not restored'] : []),
  ].join(', ')
}

/** What speaks against a report, as errors that a test fails with; `place` is the line of the test that they point to. */
export function errorsOf(report: Report, { unexpected, unmet }: Comparison, place = callSite()): Error[] {
  const { restoration } = report
  const notTried = report.verdict === 'checkpointable' && restoration?.verdict === 'not-tried'
  const errors = report.failure
    ? [new NoVerdictError(report.failure.code, harmless(report.failure.message))]
    : [
        ...unexpected.map(
          (blocker) =>
            new CheckpointBlockedError(
              blocker.id,
              `${blockerMessage(blocker, report)}\n${blockerText(report, blocker)}`,
            ),
        ),
        ...unmet.map(
          (id) =>
            new ExpectationError(
              harmless(
                `${report.scenario} was expected to be blocked by "${id}", and it is not. Its blockers: ${report.blockers.map((blocker) => blocker.id).join(', ') || 'none'}.`,
              ),
            ),
        ),
        // Whoever has asked for a restore has not got what a pass would promise.
        ...(notTried
          ? [
              new NoVerdictError(
                'NOT_RESTORED',
                harmless(`The restore was not tried: ${restoration.reason ?? ''}`),
              ),
            ]
          : []),
      ]
  return errors.map((error) => placed(error, place))
}

/** Test runners look for places in `stack`: the Java frames of the message must not be taken for some. */
function placed(error: Error, place: string[]): Error {
  error.stack = [`${error.name}: ${error.message.split('\n')[0] ?? ''}`, ...place].join('\n')
  return error
}

/** The frames of the present call that are the user's, not ours. */
export function callSite(): string[] {
  const own = `${dirname(import.meta.dirname)}/`
  const frames = (new Error().stack ?? '').split('\n').slice(1)
  return frames.filter((line) => !line.includes(own) && !line.includes(pathToFileURL(own).href))
}
