#!/usr/bin/env node
/** `npm run test:frameworks`: readiness and verdict of real apps of Quarkus and Micronaut, built with Maven. Arguments go to vitest. */
import { join } from 'node:path'
import { runVisibly, setUp } from './run-visibly.mjs'
import { frameworks } from './setup/scenarios.mjs'

await setUp('test', [])
await frameworks()
const vitest = join('node_modules', 'vitest', 'vitest.mjs')
process.env.PREFLIGHT_REQUIRE ??= 'frameworks'
const tests = join('test', 'app', 'ready.frameworks.test.ts')
process.exitCode = await runVisibly(process.execPath, [vitest, 'run', tests, ...process.argv.slice(2)])
