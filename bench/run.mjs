#!/usr/bin/env node
/**
 * `npm run bench -- [--pairs N] [--trace ebpf|preload|both]… [start-up|open-close]`: what observing costs, in paired runs.
 * Each round runs the app untraced, once in each mode, and untraced again; the last is the A/A control: the noise.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort } from '../scripts/free-port.mjs'
import { setUp } from '../scripts/run-visibly.mjs'
import { javaHome, root } from '../scripts/setup/run.mjs'

const { values, positionals } = parseArgs({
  options: {
    pairs: { type: 'string', default: '7' },
    trace: { type: 'string', multiple: true, default: ['ebpf', 'preload'] },
  },
  allowPositionals: true,
})
await setUp('demo', [])
const { holdProcess } = await import('../dist/harness/app/process.js')
const { untilReady } = await import('../dist/harness/app/ready.js')
const { Ledger } = await import('../dist/harness/ledger/ledger.js')

const java = join(javaHome(), 'bin', 'java')

/** What is timed: from the app's release until it prints what its pattern matches. */
const workloads = {
  'start-up': async (folder) => ({
    what: 'spring-boot-web to ready',
    args: [
      '-jar',
      join(root, 'scenarios/spring-boot-web/target/orders.jar'),
      `--server.port=${await freePort()}`,
      `--orders.folder=${folder}`,
    ],
    ready: /Started .* in/,
  }),
  'open-close': () => {
    const classes = join(root, 'build', 'bench')
    mkdirSync(classes, { recursive: true })
    execFileSync(join(javaHome(), 'bin', 'javac'), ['-d', classes, join(root, 'bench/java/OpenClose.java')])
    return {
      what: '200,000 files opened and closed',
      args: ['-cp', classes, 'OpenClose', '200000'],
      ready: /READY/,
    }
  },
}

async function once(workload, mode) {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  const { args, ready } = await workload(folder)
  const ledger = await Ledger.prepare(folder, mode)
  const held = await holdProcess({
    command: [java, ...ledger.jvmOptions, ...args],
    cwd: folder,
    env: { ...process.env, ...ledger.environment(process.env.LD_PRELOAD) },
    logFile: join(folder, 'app.log'),
  })
  await ledger.observe(held.pid)
  const begin = performance.now()
  const app = held.release()
  await untilReady(app, { log: ready }, AbortSignal.timeout(120_000))
  const ms = performance.now() - begin
  await app.stop()
  await ledger.stop()
  rmSync(folder, { recursive: true, force: true })
  return ms
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const spread = (numbers) => `${Math.min(...numbers).toFixed(2)}..${Math.max(...numbers).toFixed(2)}`

for (const name of positionals.length > 0 ? positionals : Object.keys(workloads)) {
  const workload = workloads[name]
  if (!workload) throw new Error(`There is no workload "${name}". Use ${Object.keys(workloads).join(', ')}.`)
  const modes = ['none', ...values.trace, 'none']
  const rounds = []
  await once(workload, 'none')
  for (let i = 0; i < Number(values.pairs); i++) {
    const round = []
    for (const mode of modes) round.push(await once(workload, mode))
    rounds.push(round)
  }
  const { what } = await workload(tmpdir())
  console.log(`${what}, ${rounds.length} pairs`)
  modes.forEach((mode, i) => {
    const times = rounds.map((round) => round[i])
    const ratios = rounds.map((round) => round[i] / round[0])
    const label = i === 0 ? 'untraced' : i === modes.length - 1 ? 'A/A' : mode
    const ratio = i === 0 ? '' : `, ratio ${median(ratios).toFixed(2)} (${spread(ratios)})`
    console.log(`  ${label.padEnd(9)} ${median(times).toFixed(0)} ms${ratio}`)
  })
}
