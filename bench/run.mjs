#!/usr/bin/env node
/**
 * `npm run bench -- [--pairs N] [--with OBSERVER]… [WORKLOAD…]`: what observing costs, in paired runs, and what it sees.
 * Each round runs the workload unobserved, once with each observer, and unobserved again: the last is the A/A control,
 * the noise. `--with strace --with strace-k --with bpftrace` compares with what people use otherwise.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'

const { values, positionals } = parseArgs({
  options: {
    pairs: { type: 'string', default: '7' },
    with: { type: 'string', multiple: true, default: ['ebpf', 'preload'] },
  },
  allowPositionals: true,
})
await setUp('demo', [])
const { workloads, kept, KEPT } = await import('./workloads.mjs')
const { observers, missing } = await import('./observers.mjs')

const known = (table, name, what) => {
  if (Object.hasOwn(table, name)) return table[name]
  throw new Error(`There is no ${what} "${name}". Use one of ${Object.keys(table).join(', ')}.`)
}
const names = values.with.filter((name) => {
  const reason = missing(known(observers, name, 'observer'))
  if (reason !== null) console.log(`without ${name}: ${reason}`)
  return reason === null
})

async function once(name, workload) {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  try {
    return await observers[name].run(folder, workload)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const spread = (numbers) => `${Math.min(...numbers).toFixed(2)}..${Math.max(...numbers).toFixed(2)}`

async function compare(workload) {
  const order = ['none', ...names, 'none']
  const rounds = []
  await once('none', workload)
  for (let i = 0; i < Number(values.pairs); i++) {
    const round = []
    for (const name of order) round.push((await once(name, workload)).ms)
    rounds.push(round)
  }
  console.log(`${workload.what}, ${rounds.length} pairs`)
  order.forEach((name, i) => {
    const ratios = rounds.map((round) => round[i] / round[0])
    const label = i === 0 ? 'unobserved' : i === order.length - 1 ? 'A/A' : name
    const ratio = i === 0 ? '' : `, ratio ${median(ratios).toFixed(2)} (${spread(ratios)})`
    console.log(`  ${label.padEnd(10)} ${median(rounds.map((round) => round[i])).toFixed(0)} ms${ratio}`)
  })
}

for (const name of positionals.length > 0 ? positionals : Object.keys(workloads))
  await compare(known(workloads, name, 'workload'))

console.log(`${kept.what}: what is seen of them`)
for (const name of names) {
  const { seen } = await once(name, kept)
  console.log(`  ${name.padEnd(10)} records ${seen.records}/${KEPT}, right Java method ${seen.java}/${KEPT}`)
}
