/** What the plugin's reporter finds in vitest's tests: the records of their checks, and failures before any check. */
import type { TestCase, TestModule, TestSuite } from 'vitest/node'
import * as errors from '../../model/errors.js'
import { NoVerdictError } from '../../model/errors.js'
import { failedReport } from '../../run/to-report.js'
import type { CheckRecord } from '../check-records.js'

/** A record, and when its test began. */
export interface Found {
  record: CheckRecord
  startedAt: Date | null
}

export function recordsIn(modules: readonly TestModule[]): Found[] {
  return modules.flatMap((module) => [
    ...[module, ...module.children.allSuites()].flatMap(ofHooks),
    ...[...module.children.allTests()].flatMap((test) => {
      const startTime = test.diagnostic()?.startTime
      const startedAt = startTime === undefined ? null : new Date(startTime)
      return [...recordsOf(test), ...withoutCheck(test)].map((record) => ({ record, startedAt }))
    }),
  ])
}

/** The jars that each module's tests follow. */
export function jarsIn(modules: readonly TestModule[]): Map<TestModule, string[]> {
  return new Map(
    modules.map((module) => [
      module,
      [...module.children.allTests()].flatMap((test) => test.meta().cracPreflightJars ?? []),
    ]),
  )
}

/** An attempt that was made again does not count, or a test that passes at last would be reported as failed. */
function recordsOf(test: TestCase): CheckRecord[] {
  const records = test.meta().cracPreflight ?? []
  const last = new Map(records.map(({ run }) => [run.repetition, run.attempt]))
  const end = test.diagnostic()
  if (end) last.set(end.repeatCount, end.retryCount)
  return records.filter(({ run }) => last.get(run.repetition) === run.attempt)
}

/** A test that failed before its check: its app never became ready, or its time was over. */
function withoutCheck(test: TestCase): CheckRecord[] {
  const { state, errors = [] } = test.result()
  if (state !== 'failed' || test.meta().cracPreflight === undefined || recordsOf(test).length > 0) return []
  return [noCheck(test.name, errors, test.diagnostic())]
}

const ours = new Set(Object.keys(errors))

/** An app that a hook could not boot, or that was checked there: vitest gives the error to the suite, and to no test. */
function ofHooks(suite: TestModule | TestSuite): Found[] {
  const own = suite.errors().filter(({ name }) => name !== undefined && ours.has(name))
  const name = suite.type === 'module' ? suite.relativeModuleId : suite.name
  return own.length === 0 ? [] : [{ record: noCheck(name, own), startedAt: null }]
}

function noCheck(
  name: string,
  errors: readonly { message: string }[],
  test?: { startTime: number; duration: number },
): CheckRecord {
  const why = errors.map(({ message }) => message).join('\n') || 'vitest does not say why'
  const spec = { name, command: [] }
  const report = failedReport(
    { spec, app: undefined, held: undefined },
    new NoVerdictError('NO_CHECK', why),
    {
      warmUpMs: null,
      totalMs: test?.duration ?? 0,
      begin: test === undefined ? null : new Date(test.startTime).toISOString(),
      steps: [],
    },
  )
  return { report, expectation: null, appOutput: '', run: { repetition: 0, attempt: 0 } }
}
