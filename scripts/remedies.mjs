#!/usr/bin/env node
/**
 * `npm run test:remedies`: each remedy's program, run as it is and once more with the remedy followed; `npm test` runs a
 * few of them. Arguments go to vitest: `-t HikariAlone` runs one.
 */
import { join } from 'node:path'
import { runVisibly, setUp } from './run-visibly.mjs'

const vitest = join('node_modules', 'vitest', 'vitest.mjs')
const tests = join('test', 'blockers', 'remedies')

await setUp('test', [])
process.exitCode = await runVisibly(process.execPath, [vitest, 'run', tests, ...process.argv.slice(2)], {
  PREFLIGHT_REMEDIES: 'all',
})
