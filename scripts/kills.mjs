#!/usr/bin/env node
/**
 * `npm run test:kills`: the harness is killed at 50 seeded moments in each of its modes, and nothing may be left; `npm test`
 * takes two. CRAC_PREFLIGHT_KILLS and CRAC_PREFLIGHT_KILLS_SEED say how many and which. Arguments go to vitest:
 * `-t 'with a restore'` runs one mode.
 */
import { join } from 'node:path'
import { setUp, runVisibly } from './run-visibly.mjs'

const vitest = join('node_modules', 'vitest', 'vitest.mjs')
const tests = join('test', 'killed')

await setUp('test', [])
process.exitCode = await runVisibly(process.execPath, [vitest, 'run', tests, ...process.argv.slice(2)], {
  CRAC_PREFLIGHT_KILLS: process.env.CRAC_PREFLIGHT_KILLS ?? '50',
})
