#!/usr/bin/env node
/**
 * `node bench/explain.mjs [--megabytes N] [--every LINES]…`: how fast `explain` reads a long log, and in how much memory.
 * The log is made of the recorded answers of real CRaC JDKs, one after so many lines of an app's own; each run is a
 * process of its own on one core, start-up included.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'
import { root } from '../scripts/setup/run.mjs'

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '200' },
    every: { type: 'string', multiple: true, default: ['1000', '30'] },
    runs: { type: 'string', default: '5' },
  },
})
await setUp('build', [])

const transcripts = join(root, 'test', 'fixtures', 'transcripts')
const answers = ['crac-21.0.4', 'crac-21-current', 'crac-25-java-side'].flatMap((name) =>
  readFileSync(join(transcripts, `${name}.jsonl`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const { jcmd, app } = JSON.parse(line)
      return [jcmd.stdout, app.stdout, app.stderr].filter(Boolean).map((text) => `${text.trimEnd()}\n`)
    }),
)

const noise = (i) =>
  `2026-11-22T16:23:38.${String(i % 1000).padStart(3, '0')}Z  INFO 8 --- [nio-8080-exec-${i % 10}] c.a.orders.OrderController : order ${i} at table ${i % 97} shipped to customer ${(i * 7) % 1000}\n`

/** Writes a log of the size, with an answer after every so many lines. */
function writeLog(file, bytes, every) {
  const fd = openSync(file, 'w')
  let written = 0
  let piece = ''
  for (let i = 1; written < bytes; i++) {
    piece += noise(i)
    if (i % every === 0) piece += answers[(i / every) % answers.length]
    if (piece.length > 1 << 20) {
      written += writeSync(fd, piece)
      piece = ''
    }
  }
  closeSync(fd)
}

/** The peak of resident memory, which only a process itself can ask for. */
const probe = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))`

function once(file) {
  const begin = performance.now()
  const { stderr, status } = spawnSync(
    'taskset',
    [
      ...['-c', '0', process.execPath, '--import', `data:text/javascript,${encodeURIComponent(probe)}`],
      ...[join(root, 'dist', 'harness', 'cli', 'main.js'), 'explain', '--json', file],
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  const seconds = (performance.now() - begin) / 1000
  const peak = Number(/peak (\d+)/.exec(stderr)?.[1])
  if (status !== 1 || !peak) throw new Error(`explain ended with ${status}: ${stderr}`)
  return { speed: statSync(file).size / 1e6 / seconds, peak: peak / 1024 }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
try {
  for (const every of values.every) {
    const file = join(folder, `${every}.log`)
    writeLog(file, Number(values.megabytes) * 1e6, Number(every))
    const runs = Array.from({ length: Number(values.runs) }, () => once(file))
    const speeds = runs.map(({ speed }) => speed)
    console.log(
      `explain, ${values.megabytes} MB, an answer after every ${every} lines, one core, ${runs.length} runs: ` +
        `${median(speeds).toFixed(0)} MB/s (${Math.min(...speeds).toFixed(0)}..${Math.max(...speeds).toFixed(0)}), ` +
        `peak memory ${Math.max(...runs.map(({ peak }) => peak)).toFixed(0)} MB`,
    )
    rmSync(file)
  }
} finally {
  rmSync(folder, { recursive: true })
}
