#!/usr/bin/env node
/**
 * `node bench/rehearsal.mjs [--pairs N] [start-up|heap|held]`: what the rehearsal's agent costs.
 * start-up: each round starts a program without the agent, with it, and without it again; the last is the A/A control.
 * heap: how long a rehearsal takes with 1 and 10 million live objects, and how long it stops the app's threads.
 * held: the same for an app that holds a socket: its threads are held while the descriptors are looked at once.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort } from '../scripts/free-port.mjs'
import { setUp } from '../scripts/run-visibly.mjs'
import { javaHome, root } from '../scripts/setup/run.mjs'

const { values, positionals } = parseArgs({
  options: { pairs: { type: 'string', default: '9' } },
  allowPositionals: true,
})
await setUp('demo', [])
const { rehearse, rehearsalOptions } = await import('../dist/harness/checkpoint/rehearsal/rehearsal.js')
const { loadAgent } = await import('../dist/harness/jvm/attach.js')

const java = join(javaHome(), 'bin', 'java')
const classes = join(root, 'build', 'bench')
mkdirSync(classes, { recursive: true })
execFileSync(join(javaHome(), 'bin', 'javac'), ['-d', classes, join(root, 'bench/java/Heap.java')])
const feature = Number(/version "(\d+)/.exec(execFileSync(java, ['-version', '2>&1'], { shell: true }))?.[1])

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const ratios = (pairs) => {
  const all = pairs.map(([a, b]) => b / a)
  return `${median(all).toFixed(3)} (${Math.min(...all).toFixed(2)}..${Math.max(...all).toFixed(2)})`
}

/** User and system time that a process has used, in ms: less noisy than the clock on a busy machine. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function start(args, ready) {
  const begin = performance.now()
  const app = spawn(java, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  await new Promise((resolve, reject) => {
    app.on('exit', () => reject(new Error(`java ${args.join(' ')} ended: ${output}`)))
    app.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      if (ready.test(output)) resolve()
    })
  })
  const took = { ms: performance.now() - begin, cpu: cpuOf(app.pid) }
  const stop = async () => {
    app.removeAllListeners('exit')
    const ended = new Promise((resolve) => app.on('exit', resolve))
    app.kill('SIGKILL')
    await ended
  }
  return { pid: app.pid, took, stop, output: () => output }
}

async function startUp() {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  const jar = join(root, 'scenarios/spring-boot-web/target/orders.jar')
  const programs = {
    'a small program': async () => [['-cp', classes, 'Heap', '1'], /READY/],
    'spring-boot-web': async () => [
      ['-jar', jar, `--server.port=${await freePort()}`, `--orders.folder=${folder}`],
      /Started .* in/,
    ],
  }
  for (const [name, program] of Object.entries(programs)) {
    const once = async (options) => {
      const [args, ready] = await program()
      const app = await start([...options, ...args], ready)
      await app.stop()
      return app.took
    }
    await once([])
    const rounds = []
    for (let i = 0; i < Number(values.pairs); i++)
      rounds.push([await once([]), await once(rehearsalOptions('25')), await once([])])
    for (const what of ['ms', 'cpu']) {
      const [plain, agent] = [0, 1].map((i) => median(rounds.map((round) => round[i][what])))
      const effect = ratios(rounds.map(([a, b]) => [a[what], b[what]]))
      const control = ratios(rounds.map(([a, , c]) => [a[what], c[what]]))
      const clock = what === 'ms' ? 'to ready' : 'CPU'
      console.log(
        `${name}, ${rounds.length} pairs, ${clock}: plain ${plain.toFixed(0)} ms, agent ${agent.toFixed(0)} ms, ratio ${effect}; A/A ${control}`,
      )
    }
  }
  rmSync(folder, { recursive: true, force: true })
}

async function heap(collectors = ['Serial', 'G1', 'Z'], more = []) {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  for (const collector of collectors)
    for (const objects of [1_000_000, 10_000_000]) {
      const options = [...rehearsalOptions('25'), `-XX:+Use${collector}GC`, '-Xmx2g']
      const app = await start([...options, '-cp', classes, 'Heap', String(objects), ...more], /READY/)
      const results = []
      for (let i = 0; i < Number(values.pairs); i++) {
        const before = app.output().length
        const load = (library, request) => loadAgent(app.pid, library, request)
        const { durationMs } = await rehearse({
          load,
          cracVersion: '25',
          folder,
          timeoutMs: 60_000,
          jdkFeature: feature,
        })
        await sleep(100)
        const gaps = [
          ...app
            .output()
            .slice(before)
            .matchAll(/gap (\d+)/g),
        ].map(([, ms]) => Number(ms))
        results.push({ durationMs, longest: Math.max(0, ...gaps), stopped: gaps.reduce((a, b) => a + b, 0) })
      }
      await app.stop()
      const of = (what) => median(results.map((result) => result[what])).toFixed(0)
      console.log(
        `${collector}, ${objects / 1e6} million objects: ${of('durationMs')} ms, longest pause ${of('longest')} ms, all pauses ${of('stopped')} ms (median of ${results.length})`,
      )
    }
  rmSync(folder, { recursive: true, force: true })
}

async function held() {
  for (const more of [[], ['socket']]) {
    console.log(more.length === 0 ? 'nothing held open' : 'a socket held open')
    await heap(['G1'], more)
  }
}

const all = { 'start-up': startUp, heap: () => heap(), held }
for (const name of positionals.length > 0 ? positionals : Object.keys(all)) {
  if (!all[name]) throw new Error(`There is no workload "${name}". Use ${Object.keys(all).join(', ')}.`)
  await all[name]()
}
