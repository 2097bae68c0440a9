#!/usr/bin/env node
/** `npm run test:docs`: every line of README and docs, run as it stands; `npm test` runs some. Arguments go to vitest. */
import { join } from 'node:path'
import { runVisibly, setUp } from './run-visibly.mjs'

await setUp('test', [])
const vitest = join('node_modules', 'vitest', 'vitest.mjs')
const tests = join('test', 'docs', 'run.test.ts')
process.exitCode = await runVisibly(process.execPath, [vitest, 'run', tests, ...process.argv.slice(2)], {
  PREFLIGHT_DOCS: 'all',
})
