#!/usr/bin/env node
/**
 * `npm run stress`: the rehearsal's answers at full, half and quarter speed. Everything runs on one processor, and busy
 * loops take their share of it; the answers must be those of a quiet machine. Arguments go to vitest.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { runVisibly, setUp } from './run-visibly.mjs'

const vitest = join('node_modules', 'vitest', 'vitest.mjs')
const tests = join('test', 'checkpoint', 'rehearsal', 'moment.test.ts')
const onOne = ['-c', '0']

/** Runs the tests beside so many busy loops on one processor. */
async function runBeside(loops) {
  const others = Array.from({ length: loops }, () =>
    spawn('taskset', [...onOne, process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  try {
    const limit = ['--testTimeout', '240000', '--hookTimeout', '480000']
    const run = [process.execPath, vitest, 'run', tests, ...limit, ...process.argv.slice(2)]
    return await runVisibly('taskset', [...onOne, ...run])
  } finally {
    for (const other of others) other.kill('SIGKILL')
  }
}

await setUp('test', [])
for (const loops of [0, 1, 3]) {
  console.log(`\none processor, speed ${1 / (loops + 1)}`)
  if ((await runBeside(loops)) !== 0) process.exitCode = 1
}
