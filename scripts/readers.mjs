#!/usr/bin/env node
/** `npm run test:readers`: our JUnit XML in the programs that teams read it with. Arguments go to vitest. */
import { join } from 'node:path'
import { runVisibly, setUp } from './run-visibly.mjs'
import { readers } from './setup/readers.mjs'

await setUp('test', [])
await readers()
const vitest = join('node_modules', 'vitest', 'vitest.mjs')
process.env.PREFLIGHT_REQUIRE ??= 'readers'
const tests = join('test', 'reports', 'junit', 'readers.test.ts')
process.exitCode = await runVisibly(process.execPath, [vitest, 'run', tests, ...process.argv.slice(2)])
