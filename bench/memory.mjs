#!/usr/bin/env node
/**
 * `node bench/memory.mjs [--creations N] [--trace MODE]`: the memory of tracer, harness and app while a million
 * descriptors are created and closed: highest resident size, and what the kernel counts for the tracer's maps.
 */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'
import { children, peak } from './resident.mjs'

const { values } = parseArgs({
  options: { creations: { type: 'string', default: '1000000' }, trace: { type: 'string', default: 'ebpf' } },
})
await setUp('demo', [])
const { observers } = await import('./observers.mjs')
const { openClose } = await import('./workloads.mjs')

const megabytes = (kilobytes) => `${(kilobytes / 1024).toFixed(0)} MB`

/** What the kernel keeps for each BPF map that a process holds, in kB. */
function mapsOf(pid) {
  const held = readdirSync(`/proc/${pid}/fd`).filter((fd) =>
    readlinkSync(`/proc/${pid}/fd/${fd}`).includes('bpf-map'),
  )
  const bytes = held.map((fd) =>
    Number(/memlock:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? 0),
  )
  return bytes.reduce((sum, each) => sum + each, 0) / 1024
}

async function run(name) {
  const folder = mkdtempSync(join(tmpdir(), 'crac-preflight-bench-'))
  try {
    await observers[name].run(folder, {
      ...openClose(Number(values.creations)),
      then: ({ pid }) => report(name, pid),
    })
    console.log(`  harness   ${megabytes(peak(process.pid))}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(name, app) {
  const [tracer] = children('fdtrace')
  console.log(`${name}, ${values.creations} files opened and closed`)
  console.log(`  app       ${megabytes(peak(app))}`)
  if (tracer) console.log(`  tracer    ${megabytes(peak(tracer))}, its maps ${megabytes(mapsOf(tracer))}`)
}

await run('none')
await run(values.trace)
