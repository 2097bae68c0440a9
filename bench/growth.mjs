#!/usr/bin/env node
/**
 * `node bench/growth.mjs [--counts 10,100,1000] [--trace MODE]`: what it takes to read the ledger of an app that holds so many
 * descriptors, and the memory of the harness: nothing may grow faster than they do.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '10,100,1000,10000' },
    trace: { type: 'string', default: 'ebpf' },
  },
})
await setUp('demo', [])
const { observers } = await import('./observers.mjs')
const { keeping } = await import('./workloads.mjs')

async function measure(count) {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  try {
    return await observers[values.trace].run(folder, keeping(count))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// The first run also pays for what is compiled.
await measure(10)
console.log('descriptors   read, ms   processor, ms   each, µs   harness, MB   records')
for (const count of values.counts.split(',').map(Number)) {
  const { seen } = await measure(count)
  const { ms, cpu } = seen.read
  const cells = [count, ms, cpu, (cpu * 1000) / count, process.memoryUsage.rss() / 2 ** 20].map((each) =>
    each.toFixed(0),
  )
  console.log(
    [...cells, `${seen.records}/${count}`]
      .map((cell, i) => cell.padStart([11, 11, 16, 11, 14, 14][i]))
      .join(''),
  )
}
