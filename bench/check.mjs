#!/usr/bin/env node
/**
 * `node bench/check.mjs [--counts 10,1000,10000] [--pairs N] [--trace MODE]`: an app that opens so many files and keeps them,
 * alone until it is ready, and in a whole check from command to verdict, in turns.
 */
import { execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'
import { javaHome, root } from '../scripts/setup/run.mjs'
import { program } from './workloads.mjs'

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '10,1000,10000' },
    pairs: { type: 'string', default: '5' },
    trace: { type: 'string', default: 'preload' },
  },
})
await setUp('demo', [])
const java = join(javaHome(), 'bin', 'java')

/** Seconds from the command until the app has said that it is ready. */
async function alone(args) {
  const begin = performance.now()
  const app = spawn(java, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => app.stdout.on('data', (text) => String(text).includes('READY') && resolve()))
  const seconds = (performance.now() - begin) / 1000
  const ended = new Promise((resolve) => app.on('close', resolve))
  app.kill('SIGKILL')
  await ended
  return seconds
}

/** Seconds from the command to its end; the verdict must be as it is with one file. */
function checked(args) {
  const begin = performance.now()
  const options = ['--ready', 'log=/READY/', '--trace', values.trace, '--timeout', '120']
  const command = [join('dist', 'harness', 'cli', 'start.js'), 'check', ...options, '--json', '-', '--', java]
  try {
    execFileSync(process.execPath, [...command, ...args], {
      ...{ cwd: root, encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] },
    })
  } catch (error) {
    const seconds = (performance.now() - begin) / 1000
    const { verdict, blockers } = JSON.parse(error.stdout)
    if (verdict === 'blocked' && blockers.length === 1) return seconds
    throw error
  }
  throw new Error('the check found nothing')
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
const told = (numbers) => {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)].map((each) => each.toFixed(2))
  return `${median(numbers).toFixed(2)} (${least}–${most})`
}

console.log('files   alone, s   check, s   beyond the app, s')
for (const count of values.counts.split(',')) {
  const args = program('Kept', count)
  const [apps, checks] = [[], []]
  for (let i = 0; i < Number(values.pairs); i++) {
    apps.push(await alone(args))
    checks.push(checked(args))
  }
  const beyond = median(checks) - median(apps)
  console.log(`${count.padStart(5)}   ${told(apps)}   ${told(checks)}   ${beyond.toFixed(2)}`)
}
