#!/usr/bin/env node
/**
 * `node bench/bystander.mjs [--pairs N]`: what tracing one process costs all others on the machine. A program that does
 * nothing but two million system calls runs beside a tracer of another process and without one, in turns.
 */
import { execFileSync, spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { setUp } from '../scripts/run-visibly.mjs'

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '7' } } })
await setUp('demo', [])
const { startTracer } = await import('../dist/harness/ledger/observers/kernel/tracer.js')

const CALLS = 2_000_000

/** Nanoseconds for each of its system calls: a read and a write of one byte. */
function bystander() {
  const begin = performance.now()
  execFileSync('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${CALLS / 2}`, 'status=none'])
  return ((performance.now() - begin) * 1e6) / CALLS
}

async function traced() {
  const other = spawn('sleep', ['600'], { stdio: 'ignore' })
  const tracer = await startTracer(other.pid, { signal: false })
  try {
    return bystander()
  } finally {
    await tracer.stop()
    other.kill()
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
bystander()
const rounds = []
for (let i = 0; i < Number(values.pairs); i++) rounds.push([bystander(), await traced(), bystander()])
const [plain, beside, control] = [0, 1, 2].map((i) => median(rounds.map((round) => round[i])))
console.log(`a system call of a process that is not traced, ${rounds.length} pairs`)
console.log(`  no tracer   ${plain.toFixed(0)} ns`)
console.log(`  beside one  ${beside.toFixed(0)} ns, ${(beside - plain).toFixed(0)} ns more`)
console.log(`  A/A         ${control.toFixed(0)} ns`)
