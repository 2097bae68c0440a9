/** A vitest reporter that writes what the closing lines of `npm test` are made of, as JSON, into the file in SUMMARY_FILE. */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

export default class SummaryReporter {
  onTestRunEnd(modules, unhandled) {
    const cases = modules.flatMap((module) => [...module.children.allTests()])
    const tests = cases.map((test) => test.result())
    const count = (state) => tests.filter((result) => result.state === state).length
    // A file that can't even be loaded has no tests to fail, and must not vanish from the sum.
    const broken = modules.filter(
      (module) =>
        module.state() === 'failed' &&
        ![...module.children.allTests()].some((test) => test.result().state === 'failed'),
    ).length
    const skipped = tests.filter(({ state }) => state === 'skipped')
    writeFileSync(
      process.env.SUMMARY_FILE,
      JSON.stringify({
        passed: count('passed'),
        failed: count('failed') + broken,
        skipped: skipped.length,
        // A test that was skipped by a condition of its own says no reason.
        reasons: skipped.map(({ note }) => note ?? 'switched off in its file'),
        // They have failed, and passed when they were tried once more.
        flaky: cases.filter((test) => test.diagnostic()?.flaky === true).map((test) => test.fullName),
        unhandled: unhandled.length,
        slowest: modules
          .map((module) => ({
            file: relative(process.cwd(), module.moduleId),
            ms: Math.round(module.diagnostic().duration),
          }))
          .sort((a, b) => b.ms - a.ms)
          .slice(0, 8),
      }),
    )
  }
}
