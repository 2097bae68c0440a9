#!/usr/bin/env node
/**
 * `node bench/fleet.mjs [--counts 1,10,40] [--jobs 4] [--trace MODE] [--processes 1]`: what it takes to check so many small
 * apps of one crac-preflight.yaml: the clock, processor time of the harness itself and of everything, and memory. With
 * --processes 2 two harness processes check so many each at the same time.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'
import { javaHome, root } from '../scripts/setup/run.mjs'
import { watched } from './watched.mjs'

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '1,10,40' },
    jobs: { type: 'string', default: '4' },
    trace: { type: 'string', default: 'auto' },
    processes: { type: 'string', default: '1' },
  },
})
await setUp('demo', [])
const { program } = await import('./workloads.mjs')
const cli = join(root, 'dist', 'harness', 'cli', 'start.js')

/** Every second one holds a file open, the others nothing: a fleet has findings. */
const kept = (i) => i % 2

function writeFleet(count, file) {
  const java = join(javaHome(), 'bin', 'java')
  const apps = Array.from({ length: count }, (_, i) => {
    const command = JSON.stringify([java, '-Xmx64m', ...program('Kept', `${kept(i)}`)])
    return `  service-${i}: { command: ${command} }\n`
  })
  writeFileSync(file, `defaults: { ready: { log: READY }, trace: ${values.trace} }\napps:\n${apps.join('')}`)
}

async function check(count) {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  try {
    const [file, json] = ['crac-preflight.yaml', 'all.json'].map((name) => join(folder, name))
    writeFleet(count, file)
    const args = ['check', '--file', file, '--jobs', values.jobs, '--json', json, '--quiet']
    const took = await watched(process.execPath, [cli, ...args])
    return { ...took, right: JSON.parse(readFileSync(json, 'utf8')).reports.filter(isRight).length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Its own file with its own line, and nothing lost. */
function isRight({ scenario, verdict, blockers, evidence }) {
  const expected = kept(Number(scenario.split('-')[1]))
  if (blockers.length !== expected || evidence.lost !== 0) return false
  if (expected === 0) return verdict === 'checkpointable'
  return verdict === 'blocked' && blockers[0].id === 'file:Kept.open'
}

// The first run also pays for what is read from the disk.
await check(1)
const columns = [
  'services',
  'wall, s',
  'each, s',
  'harness, CPU s',
  'all, CPU s',
  'each, CPU s',
  'harness, MB',
  'all, MB',
  'right',
]
console.log(columns.join('  '))
const sum = (runs, what) => runs.reduce((total, run) => total + run[what], 0)
for (const count of values.counts.split(',').map(Number)) {
  const runs = await Promise.all(Array.from({ length: Number(values.processes) }, () => check(count)))
  const wall = Math.max(...runs.map(({ seconds }) => seconds))
  const services = count * runs.length
  const cpu = sum(runs, 'cpu')
  const cells = [services, wall, wall / services, sum(runs, 'own'), cpu, cpu / services]
    .map((each, i) => (i === 0 ? `${each}` : each.toFixed(2)))
    .concat(Math.max(...runs.map(({ rss }) => rss)).toFixed(0), sum(runs, 'all').toFixed(0))
    .concat(`${sum(runs, 'right')}/${services}`)
  console.log(cells.map((cell, i) => cell.padStart(columns[i].length)).join('  '))
}
