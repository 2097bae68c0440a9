#!/usr/bin/env node
/**
 * `npm test`: set-up, then vitest; the last line counts the tests. Arguments go to vitest; without any it leaves the matrix
 * of Nodes and package managers to `npm run test:matrix`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeContainerTests } from './docker/tests.mjs'
import { runVisibly, setUp, withoutSetupOptions } from './run-visibly.mjs'
import { root } from './setup/run.mjs'

function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** Why tests were skipped, each reason once with how often. */
function printSkips(reasons) {
  if (reasons.length === 0) return
  console.log('\nskipped:')
  for (const reason of new Set(reasons))
    console.log(`  ${reasons.filter((each) => each === reason).length} × ${reason}`)
}

/** What passed on its second try: nothing to fail for, and nothing to be silent about. */
function printFlaky(names) {
  if (names.length === 0) return
  console.log('\npassed on a second try:')
  for (const name of names) console.log(`  ${name}`)
}

/** Processor time of all processes that have ended below this one, in seconds. */
function cpuSeconds() {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // cutime and cstime, in hundredths of a second.
  return Math.round((Number(fields[13]) + Number(fields[14])) / 100)
}

const args = process.argv.slice(2)
const begin = performance.now()
await setUp('test', args)

const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-test-'))
try {
  const file = join(folder, 'summary.json')
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts', 'summary-reporter.mjs')}`]
  const vitest = join('node_modules', 'vitest', 'vitest.mjs')
  const given = withoutSetupOptions(args)
  const chosen = given.length > 0 ? given : ['--project=!matrix']
  const status = await runVisibly(process.execPath, [vitest, 'run', ...reporters, ...chosen], {
    SUMMARY_FILE: file,
  })
  const summary = readSummary(file)
  const { passed, failed, skipped, reasons, flaky, slowest } = summary ?? {
    ...{ passed: 0, failed: 0, skipped: 0, reasons: [], flaky: [], slowest: [] },
  }
  const ranNone = passed + failed === 0
  if (summary === null) console.error('vitest ended without results')
  else if (ranNone) console.error('no test ran')
  else if (status !== 0 && failed === 0) console.error(`vitest ended with ${status} although no test failed`)
  if (slowest.length > 1) {
    console.log('\nslowest files:')
    for (const { file, ms } of slowest) console.log(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`)
    const wall = Math.round((performance.now() - begin) / 1000)
    console.log(`  ${wall} s in all, ${cpuSeconds()} s of processor time`)
  }
  printFlaky(flaky)
  printSkips(reasons)
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = status !== 0 ? status : Number(ranNone || failed > 0)
} finally {
  rmSync(folder, { recursive: true, force: true })
  // What a run that was interrupted has left open.
  await closeContainerTests(process.pid)
}
