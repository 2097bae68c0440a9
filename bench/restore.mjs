#!/usr/bin/env node
/**
 * `node bench/restore.mjs [--pairs N]`: a cold start of spring-boot-web (profile clean) against its restore by CRIU. Each
 * round starts the app, asks it fifty times, makes the image, restores it and asks it as often again: one pair of numbers.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort } from '../scripts/free-port.mjs'
import { setUp } from '../scripts/run-visibly.mjs'
import { criu, withCriu } from '../scripts/setup/criu.mjs'
import { javaHome, root } from '../scripts/setup/run.mjs'

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '5' } } })
await setUp('demo', [])
await criu()
Object.assign(process.env, withCriu())
const { preflight } = await import('../dist/harness/preflight.js')

const jar = join(root, 'scenarios', 'spring-boot-web', 'target', 'orders.jar')
const java = join(javaHome(), 'bin', 'java')

async function round() {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  const own = [`--server.port=${port}`, `--orders.folder=${folder}`, '--spring.profiles.active=clean']
  try {
    const { restoration, failure } = await preflight(
      { command: [java, '-jar', jar, ...own], ready: { log: /Started .* in/ }, timeoutMs: 180_000 },
      {
        trace: 'none',
        restore: true,
        warmUp: { url: `http://127.0.0.1:${port}/orders`, repeat: 50 },
        checkpointTimeoutMs: 180_000,
      },
    )
    if (restoration?.numbers == null) throw new Error(failure?.message ?? restoration?.reason)
    return restoration.numbers
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[(numbers.length - 1) >> 1]
const range = (numbers) => `${Math.min(...numbers).toFixed(2)}–${Math.max(...numbers).toFixed(2)}`
const rows = {
  'start to ready': ({ readyMs }) => readyMs,
  'start to first answer': ({ firstAnswerMs }) => firstAnswerMs,
  'first request': ({ latenciesMs }) => latenciesMs[0],
  'requests 2 to 10, median': ({ latenciesMs }) => median(latenciesMs.slice(1, 10)),
  'requests 41 to 50, median': ({ latenciesMs }) => median(latenciesMs.slice(40)),
}

const all = []
for (let i = 0; i < Number(values.pairs); i++) all.push(await round())
console.log(
  `spring-boot-web, profile clean, ${values.pairs} pairs; medians in ms, and the ratio of each pair\n`,
)
console.log('| | cold start | restored | ratio |\n| --- | --- | --- | --- |')
for (const [name, of] of Object.entries(rows)) {
  const ratios = all.map(({ coldStart, restored }) => of(restored) / of(coldStart))
  const [cold, back] = ['coldStart', 'restored'].map((which) => median(all.map((each) => of(each[which]))))
  console.log(`| ${name} | ${cold} | ${back} | ${median(ratios).toFixed(2)} (${range(ratios)}) |`)
}
const of = (field) => median(all.map((each) => each[field]))
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`
console.log(
  `\nimage ${megabytes(of('imageBytes'))}, ${megabytes(of('compressedBytes'))} by gzip -1, written in ${of('checkpointMs')} ms`,
)
