#!/usr/bin/env node
/**
 * `node bench/join.mjs [--copies N]`: what reading samples and joining them with records takes, by their number. A real
 * recording of 16 threads that open without pause is taken once; more samples are more chunks of it, in later times.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'
import { javaHome, root } from '../scripts/setup/run.mjs'

const { values } = parseArgs({ options: { copies: { type: 'string', default: '5' } } })
await setUp('demo', [])
const { holdProcess } = await import('../dist/harness/app/process.js')
const { untilReady } = await import('../dist/harness/app/ready.js')
const { loadAgent } = await import('../dist/harness/jvm/attach.js')
const { assignSamples, joinLedger } = await import('../dist/harness/ledger/join.js')
const { prepareLedger } = await import('../dist/harness/ledger/ledger.js')
const { readSamples } = await import('../dist/harness/ledger/observers/profiler/samples.js')

/** One chunk with a sample of every file that the program has opened. */
async function record(folder) {
  const classes = join(root, 'build', 'bench')
  mkdirSync(classes, { recursive: true })
  execFileSync(join(javaHome(), 'bin', 'javac'), ['-d', classes, join(root, 'bench/java/OpenThreads.java')])
  const plan = await (await prepareLedger('both')).launches(null, folder)
  const needs = plan.needs(process.env.LD_PRELOAD)
  const program = ['-cp', classes, 'OpenThreads', '16', '12500', folder]
  const held = await holdProcess({
    command: [join(javaHome(), 'bin', 'java'), ...needs.jvmOptions, ...program],
    cwd: folder,
    env: { ...process.env, ...needs.environment },
    logFile: join(folder, 'app.log'),
  })
  const ledger = await plan.launched(held.pid)
  const app = await held.release()
  try {
    await untilReady(app, { log: /READY/ }, AbortSignal.timeout(300_000))
    await ledger.quiet((library, text) => loadAgent(app.pid, library, text))
  } finally {
    await app.stop()
    await ledger.stop()
  }
  return readFileSync(
    join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.jfr')),
    ),
  )
}

/** The best of five: what else the machine does only ever adds. */
function timed(work) {
  let best = Infinity
  let result
  for (let i = 0; i < 5; i++) {
    const begin = performance.now()
    result = work()
    best = Math.min(best, performance.now() - begin)
  }
  return [result, best]
}

/** A record of a file of its own right before each sample; every hundredth file is still open. */
function recordsFor(samples) {
  const records = samples.map(({ tid, time }, i) => ({
    kind: 'open',
    ts: time - 1,
    until: null,
    tgid: 1,
    tid,
    nsTid: tid,
    fd: i,
    syscall: 'openat',
    file: `f${i}`,
    inode: i + 1,
    device: 1,
    sample: 'sent',
    comm: 'opener',
    name: 'hostname',
    address: null,
    stack: [],
  }))
  const live = records.flatMap(({ fd, file, inode, device }, i) =>
    i % 100 === 0
      ? [{ fd, file, inode, device, mode: 0o100644, link: '/etc/hostname', inherited: false }]
      : [],
  )
  return { records, live }
}

const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
try {
  const chunk = await record(folder)
  const span = 1e12
  console.log('samples    size        read  to records    to table   per million samples')
  for (let copies = 1; copies <= Number(values.copies); copies++) {
    const recording = Buffer.concat(Array(copies).fill(chunk))
    const [read, readMs] = timed(() => readSamples(recording))
    const each = read.length / copies
    const samples = read.map((sample, i) => ({ ...sample, time: sample.time + Math.floor(i / each) * span }))
    const { records, live } = recordsFor(samples)
    const [taken, assignMs] = timed(() => assignSamples(records, samples))
    const [entries, joinMs] = timed(() =>
      joinLedger({
        records,
        live,
        samples: taken,
        sockets: new Map(),
        watches: new Map(),
        releasedAt: 0,
        nameAddress: () => null,
      }),
    )
    const wrong = live.filter(({ fd }, i) => entries[i]?.origin?.java !== samples[fd].java)
    console.log(
      `${String(samples.length).padEnd(10)} ${(recording.length / 1e6).toFixed(1).padStart(4)} MB ${readMs.toFixed(0).padStart(7)} ms ${assignMs.toFixed(0).padStart(8)} ms ${joinMs.toFixed(0).padStart(7)} ms ${(((readMs + assignMs + joinMs) / samples.length) * 1e6).toFixed(0).padStart(19)} ms`,
    )
    if (wrong.length > 0) console.log(`  ${wrong.length} of ${entries.length} with another stack`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
