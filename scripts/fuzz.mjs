#!/usr/bin/env node
/**
 * `npm run fuzz [-- --seconds N] [--seed N] [TARGET]`: each reader of what others write gets mutated inputs for a minute; says
 * how many, and where those lie that have shown something (`build/fuzz`). What they show is mended, and the smallest of them
 * goes to `test/fuzz/corpus`. `npm test` takes a thousand inputs each.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runVisibly } from './run-visibly.mjs'

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const vitest = join('node_modules', 'vitest', 'vitest.mjs')
const meant = positionals.length > 0 ? ['-t', `reader of (?:${positionals.join('|')})[, ]`] : []
process.exitCode = await runVisibly(process.execPath, [vitest, 'run', join('test', 'fuzz'), ...meant], {
  CRAC_PREFLIGHT_FUZZ_SECONDS: values.seconds,
  CRAC_PREFLIGHT_FUZZ_SEED: values.seed ?? String(Date.now() % 1_000_000),
})
