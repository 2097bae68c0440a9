#!/usr/bin/env node
/**
 * `npm run bench -- [--pairs N] [--with OBSERVER]… [WORKLOAD…]`: what observing costs, in paired runs, and what it sees.
 * Each round runs the workload unobserved, once with each observer, and unobserved again: the last is the A/A control,
 * the noise. A difference is above it where nearly all rounds agree on its sign. Ratios of the clock and of processor time,
 * which says more on a busy machine. `--with strace --with strace-k --with bpftrace` compares with what people use otherwise;
 * `--all` makes the whole table of docs/overhead.md.
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
    all: { type: 'boolean', default: false },
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
const PEERS = ['profiler', 'strace', 'strace-k', 'bpftrace']
const wanted = values.all ? ['ebpf', 'preload', 'both', ...PEERS] : values.with
const names = wanted.filter((name) => {
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
/** How likely it is that so many of these have the same sign by chance; an even one has none. */
function chance(differences) {
  const signs = differences.filter((each) => each !== 0)
  const more = Math.max(signs.filter((each) => each > 0).length, signs.filter((each) => each < 0).length)
  let ways = 0
  for (
    let k = more, each = choose(signs.length, more);
    k <= signs.length;
    k++, each = choose(signs.length, k)
  )
    ways += each
  return Math.min(1, (2 * ways) / 2 ** signs.length)
}

const choose = (n, k) => Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((a, b) => a * b, 1)

/** Against the mean of the two unobserved runs of the same round, so that a drift counts for neither. */
function verdict(rounds, i, what) {
  const p = chance(rounds.map((round) => round[i][what] - (round[0][what] + round.at(-1)[what]) / 2))
  return `${p < 0.07 ? 'above' : 'within'} the noise (p ${p.toFixed(2)})`
}

const spread = (numbers) => `${Math.min(...numbers).toFixed(2)}..${Math.max(...numbers).toFixed(2)}`

async function compare(workload) {
  const order = ['none', ...names, 'none']
  const rounds = []
  await once('none', workload)
  for (let i = 0; i < Number(values.pairs); i++) {
    const round = []
    for (const name of order) round.push(await once(name, workload))
    rounds.push(round)
  }
  console.log(`${workload.what}, ${rounds.length} pairs`)
  order.forEach((name, i) => {
    const label = i === 0 ? 'unobserved' : i === order.length - 1 ? 'A/A' : name
    const tell = (what) => {
      const ratios = rounds.map((round) => round[i][what] / round[0][what])
      const told = `${median(rounds.map((round) => round[i][what])).toFixed(0)} ms`
      if (i === 0) return told
      const judged = label === 'A/A' ? '' : `, ${verdict(rounds, i, what)}`
      return `${told}, ratio ${median(ratios).toFixed(2)} (${spread(ratios)})${judged}`
    }
    console.log(`  ${label.padEnd(10)} ${tell('ms')}; processor ${tell('cpu')}`)
  })
}

for (const name of positionals.length > 0 ? positionals : Object.keys(workloads))
  await compare(known(workloads, name, 'workload'))

console.log(`${kept.what}: what is seen of them`)
for (const name of names) {
  const { seen } = await once(name, kept)
  console.log(`  ${name.padEnd(10)} records ${seen.records}/${KEPT}, right Java method ${seen.java}/${KEPT}`)
}
