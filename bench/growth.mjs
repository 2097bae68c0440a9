#!/usr/bin/env node
/**
 * `node bench/growth.mjs [--counts 10,100,1000] [--trace MODE] [--plot FILE]`: what it takes to read the ledger of an app that
 * holds so many descriptors, and the memory of harness, tracer and app: nothing may grow faster than they do. Above the
 * limit of open files it needs `ulimit -n`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'
import { plot } from './plot.mjs'

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '10,100,1000,10000' },
    trace: { type: 'string', default: 'ebpf' },
    plot: { type: 'string' },
  },
})
await setUp('demo', [])
const { observers } = await import('./observers.mjs')
const { keeping } = await import('./workloads.mjs')

async function measure(count) {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  try {
    const { seen } = await observers[values.trace].run(folder, keeping(count))
    const { ms, cpu } = seen.read
    const [app, tracer] = [seen.resident.app, seen.resident.tracer].map((kilobytes) => kilobytes / 1024)
    return {
      count,
      ms,
      cpu,
      app,
      tracer,
      harness: process.memoryUsage.rss() / 2 ** 20,
      records: seen.records,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// The first run also pays for what is compiled.
await measure(10)
const heads = [
  'descriptors',
  'read, ms',
  'processor, ms',
  'each, µs',
  'harness, MB',
  'tracer, MB',
  'app, MB',
  'records',
]
console.log(heads.join('   '))
const rows = []
for (const count of values.counts.split(',').map(Number)) {
  const row = await measure(count)
  rows.push(row)
  const { ms, cpu, harness, tracer, app } = row
  const cells = [count, ms, cpu, (cpu * 1000) / count, harness, tracer, app].map((each) => each.toFixed(0))
  console.log(
    [...cells, `${row.records}/${count}`].map((cell, i) => cell.padStart(heads[i].length)).join('   '),
  )
}

if (values.plot !== undefined) {
  const line = (name, of) => ({
    name,
    points: rows.map((row) => [row.count, of(row)]).filter(([, value]) => value > 0),
  })
  const lines = [
    line('processor, ms', ({ cpu }) => cpu),
    line('harness, MB', ({ harness }) => harness),
    line('tracer, MB', ({ tracer }) => tracer),
    line('app, MB', ({ app }) => app),
  ].filter(({ points }) => points.length > 0)
  writeFileSync(values.plot, plot({ x: 'descriptors', y: 'milliseconds, megabytes', lines }))
}
