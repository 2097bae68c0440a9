#!/usr/bin/env node
/**
 * `node bench/kernels.mjs [KERNEL…] [--here]`: what each set of the tracer's programs costs, in instructions: the guest's
 * clock goes on by one nanosecond for each instruction, so a second run says the same. `--here`: on this machine's own
 * kernel, in nanoseconds.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { boot, whyNoGuests } from '../scripts/kernels/boot.mjs'
import { isThere, kernels } from '../scripts/kernels/list.mjs'
import { probesFolder, root, run } from '../scripts/setup/run.mjs'
import { setUp } from '../scripts/run-visibly.mjs'

const { values, positionals } = parseArgs({
  options: { here: { type: 'boolean', default: false }, times: { type: 'string', default: '20000' } },
  allowPositionals: true,
})
await setUp('demo', [])

const folder = join(root, 'build', 'bench')
mkdirSync(folder, { recursive: true })
const loops = join(folder, 'loops')
await run('cc', ['-O2', '-static', '-o', loops, join(root, 'bench', 'native', 'loops.c')])
const words = [
  'bash',
  join(root, 'bench', 'kernels.sh'),
  join(root, probesFolder, 'fdtrace'),
  loops,
  values.times,
]
const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')

/** By set, who and what: the first line is of the warm-up. */
function table(output) {
  const of = (set, who, what) => Number(new RegExp(`^${set} ${who} ${what} (\\d+)$`, 'm').exec(output)?.[1])
  const cell = (set, who, what) => {
    const [plain, each] = [of('none', who, what), of(set, who, what)]
    return Number.isNaN(each) ? '-' : `${each} (${(each / plain).toFixed(2)})`
  }
  for (const set of ['none', 'functions', 'raw', 'classic', 'A/A'])
    console.log(
      [
        set,
        cell(set, 'bystander', 'CALLS'),
        cell(set, 'bystander', 'OPENS'),
        cell(set, 'app', 'CALLS'),
        cell(set, 'app', 'OPENS'),
      ]
        .map((text) => text.padEnd(16))
        .join(''),
    )
}

const head = ['', 'bystander call', 'open+close', 'traced call', 'open+close']
  .map((text) => text.padEnd(16))
  .join('')
if (values.here) {
  console.log(`nanoseconds, this kernel\n${head}`)
  table(execFileSync(words[0], words.slice(1), { encoding: 'utf8' }))
} else {
  const reason = whyNoGuests()
  if (reason !== null) throw new Error(reason)
  const wanted = kernels.filter(
    (kernel) => isThere(kernel) && (positionals.length === 0 || positionals.includes(kernel.name)),
  )
  for (const kernel of wanted) {
    const guest = await boot(kernel, quoted, { seconds: 1200, countInstructions: true })
    console.log(`instructions, ${kernel.name}\n${head}`)
    if (guest.status !== 0) throw new Error(guest.output + guest.console.slice(-2000))
    table(guest.output)
  }
}
