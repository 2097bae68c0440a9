import type { TestContext } from 'vitest'
import { withKnown } from './accepted.js'
import { maskOf, type Mask } from '../model/mask.js'
import type { Report } from '../model/report.js'
import { BootedApp } from '../run/booted-app.js'
import type { RunningApp } from '../run/running-app.js'
import { compareNegated, comparisonOf, type Comparison, type Expectation } from '../baseline/expectation.js'
import { waitsOf } from './test-waits.js'

/** What one check brought to light, as it travels from the test's worker to the plugin's reporter. */
export interface CheckRecord {
  report: Report
  expectation: { blockers: string[]; unmet: string[] } | null
  appOutput: string
  /** Of the test's runs, which: each repetition counts, and of its attempts the last one. */
  run: { repetition: number; attempt: number }
}

declare module 'vitest' {
  interface TaskMeta {
    cracPreflight?: CheckRecord[]
    /** The jars of the test's apps: in watch mode they are followed. */
    cracPreflightJars?: string[]
  }
}

/** Which test booted an app: a matcher of a concurrent test can't tell it. */
const contexts = new WeakMap<RunningApp, TestContext>()

/** Says that a test is about an app, before anything can keep it from its check. */
export function announce({ task }: Pick<TestContext, 'task'>, jars: readonly string[]): void {
  task.meta.cracPreflight ??= []
  task.meta.cracPreflightJars = [...new Set([...(task.meta.cracPreflightJars ?? []), ...jars])]
}

export function bootedIn(app: RunningApp, context: TestContext): void {
  contexts.set(app, context)
}

/** Asks for a checkpoint, compares its report with the expectation, and puts both where the reporter finds them. */
export async function checkOf(
  app: RunningApp,
  expectation: Expectation,
  { negated, context: checking }: { negated: boolean; context: TestContext | undefined },
): Promise<{ report: Report; comparison: Comparison }> {
  // An app of a hook was booted in no test: the check is of the test that asks.
  const context = contexts.get(app) ?? checking
  const work = app.checkpoint()
  const found = await (context
    ? waitsOf(context).during(
        { what: () => `it waited for the checkpoint of ${app.name}.`, output: () => app.output },
        work,
      )
    : work)
  const report = negated ? found : withKnown(found, expectation)
  const comparison = negated ? compareNegated(report, expectation) : comparisonOf(report)
  const anything = expectation === 'checkpointable' && !negated
  if (context) await record(context, report, anything ? null : comparison, maskOfApp(app)(app.output))
  return { report, comparison }
}

const maskOfApp = (app: RunningApp): Mask => maskOf(app instanceof BootedApp ? app.spec.mask : [])

/** Hands a report to the reporter, and attaches what the app and the JVM said to the test. */
export async function record(
  context: TestContext,
  report: Report,
  /** Null where it was expected to be checkpointable. */
  comparison: Comparison | null,
  appOutput: string,
): Promise<void> {
  const { meta, result } = context.task
  meta.cracPreflight = [
    ...(meta.cracPreflight ?? []),
    {
      report,
      expectation: comparison && {
        blockers: comparison.expected.map(({ id }) => id),
        unmet: comparison.unmet,
      },
      appOutput,
      run: { repetition: result?.repeatCount ?? 0, attempt: result?.retryCount ?? 0 },
    },
  ]
  await attach(context, 'what the JVM said', report.engine.output)
  await attach(context, 'what the app printed', appOutput)
}

/** vitest takes no attachment from a test that has failed softly already; the reports have both. */
async function attach({ task, annotate }: TestContext, what: string, body: string): Promise<void> {
  if (task.result?.state === 'run') await annotate(what, { body, contentType: 'text/plain' })
}
