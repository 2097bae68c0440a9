#!/usr/bin/env node
/** `npm test`: set-up, then vitest; the last line counts the tests. Arguments go to vitest. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openContainerTests } from './docker/tests.mjs'
import { runVisibly, setUp, withoutSetupOptions } from './run-visibly.mjs'

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

function count(results) {
  // A file that can't even be loaded has no tests to fail, and must not vanish from the sum.
  const broken = results.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken,
    skipped: results.numPendingTests + results.numTodoTests,
  }
}

const args = process.argv.slice(2)
await setUp('test', args)

const closeContainerTests = await openContainerTests()
const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-test-'))
try {
  const file = join(folder, 'results.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const vitest = join('node_modules', 'vitest', 'vitest.mjs')
  const status = await runVisibly(process.execPath, [
    vitest,
    'run',
    ...reporters,
    ...withoutSetupOptions(args),
  ])
  const results = readResults(file)
  const { passed, failed, skipped } = results === null ? { passed: 0, failed: 0, skipped: 0 } : count(results)
  const ranNone = passed + failed === 0
  if (results === null) console.error('vitest ended without results')
  else if (ranNone) console.error('no test ran')
  else if (status !== 0 && failed === 0) console.error(`vitest ended with ${status} although no test failed`)
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = status !== 0 ? status : Number(ranNone || failed > 0)
} finally {
  rmSync(folder, { recursive: true, force: true })
  await closeContainerTests()
}
