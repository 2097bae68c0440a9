import { inspect } from 'node:util'
import { expect, type TestContext } from 'vitest'
import { harmless, printable } from '../../reports/parts/escape.js'
import { ExpectationError, UsageError, callSite, placed } from '../model/errors.js'
import type { RunningApp } from '../run/running-app.js'
import { checkOf } from './check-records.js'
import type { Expectation } from '../baseline/expectation.js'
import { errorsOf, whatIsWrong } from './judgement.js'

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

/** What of vitest's own state a matcher needs. */
interface State {
  isNot: boolean
  soft?: boolean
  task?: { readonly context: TestContext }
}

/** Adds the matchers to vitest's `expect`. Importing the package is enough. */
export function addMatchers(): void {
  expect.extend({
    async toBeCheckpointable(app: unknown) {
      return await judge(app, 'checkpointable', this, { matcher: 'toBeCheckpointable' })
    },
    async toRestore(app: unknown) {
      return await judge(app, 'checkpointable', this, { matcher: 'toRestore', restore: true })
    },
    async toBeBlockedBy(app: unknown, ...ids: string[]) {
      return await judge(app, { blockedBy: ids }, this, { matcher: 'toBeBlockedBy' })
    },
  })
}

async function judge(
  subject: unknown,
  expectation: Expectation,
  { isNot, soft = false, task }: State,
  { matcher, restore = false }: { matcher: string; restore?: boolean },
) {
  const place = callSite()
  const app = runningApp(subject, matcher, place)
  const { report, comparison } = await checkOf(app, expectation, { negated: isNot, context: task?.context })
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
  const last = soft && task ? keepAllButLast(task.context, errors) : errors
  // Thrown, not returned: only so does every blocker become an error of its own.
  const [only] = last
  if (only && last.length === 1) throw only
  if (only) throw new AggregateError(last, `${report.scenario}: ${whatIsWrong(report, comparison, restore)}`)
  return { pass: !isNot, message: () => '' }
}

/** `expect.soft` takes what is thrown for one error, whatever it is made of: each is handed to it by itself. */
function keepAllButLast({ expect: ofTest }: TestContext, errors: readonly Error[]): Error[] {
  for (const error of errors.slice(0, -1))
    ofTest.soft(error).toSatisfy(() => {
      throw error
    })
  return errors.slice(-1)
}

/** Only an app that runs can be asked; the error says what was given instead. */
function runningApp(subject: unknown, matcher: string, place: readonly string[]): RunningApp {
  const app = subject as Partial<RunningApp> | null | undefined
  if (typeof app === 'object' && app !== null && typeof app.checkpoint === 'function')
    return app as RunningApp
  const isPromise = subject instanceof Promise
  const given = printable(inspect(subject, { depth: 0, breakLength: Infinity }))
  throw placed(
    new UsageError(
      `${matcher}() needs a running app, as boot() gives it, and was given ${isPromise ? 'a promise of one' : given.slice(0, 200)}. ${
        isPromise
          ? 'Await it: expect(await boot(…)).'
          : `Write: const app = await boot({ … }); await expect(app).${matcher}()`
      }`,
    ),
    place,
  )
}
