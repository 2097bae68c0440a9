import type { TestContext } from 'vitest'
import { compare, type Comparison, type Expectation } from '../baseline/expectation.js'
import type { Mask } from '../model/mask.js'
import type { Report } from '../model/report.js'
import type { RunningApp } from '../run/running-app.js'

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
  }
}

/** What of a test's context a check needs. */
export type CheckedTest = Pick<TestContext, 'task' | 'annotate'> & { mask: Mask }

/** Which test booted an app: the matcher knows the app only. */
const contexts = new WeakMap<RunningApp, CheckedTest>()

/** Says that a test is about an app, before anything can keep it from its check. */
export function announce({ task }: Pick<TestContext, 'task'>): void {
  task.meta.cracPreflight ??= []
}

export function bootedIn(app: RunningApp, context: CheckedTest): void {
  contexts.set(app, context)
}

/** Asks for a checkpoint, compares its report with the expectation, and puts both where the reporter finds them. */
export async function checkOf(
  app: RunningApp,
  expectation: Expectation,
): Promise<{ report: Report; comparison: Comparison }> {
  const report = await app.checkpoint()
  const comparison = compare(report, expectation)
  const context = contexts.get(app)
  if (context) await record(context, report, expectation, comparison, app.output)
  return { report, comparison }
}

/** Attaches what the app and the JVM said to the test, and hands the report to the reporter. */
export async function record(
  context: CheckedTest,
  report: Report,
  expectation: Expectation,
  comparison: Comparison,
  unmasked: string,
): Promise<void> {
  const appOutput = context.mask(unmasked)
  const { meta, result } = context.task
  meta.cracPreflight = [
    ...(meta.cracPreflight ?? []),
    {
      report,
      expectation:
        expectation === 'checkpointable'
          ? null
          : { blockers: comparison.expected.map(({ id }) => id), unmet: comparison.unmet },
      appOutput,
      run: { repetition: result?.repeatCount ?? 0, attempt: result?.retryCount ?? 0 },
    },
  ]
  await context.annotate('what the JVM said', { body: report.engine.output, contentType: 'text/plain' })
  await context.annotate('what the app printed', { body: appOutput, contentType: 'text/plain' })
}
