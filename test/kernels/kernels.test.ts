import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { explainFailure } from '../../harness/ledger/observers/kernel/tracer-failure.js'
import type { TracerFailure } from '../../harness/ledger/observers/kernel/tracer-lines.js'
import { packageRoot } from '../../harness/host/package-root.js'
import { capability, needing } from '../support/capability.js'

interface Trial {
  made: number
  seen: number
}

interface Proof {
  loads: boolean
  tracepoints: 'functions' | 'raw' | 'classic' | null
  trial: Trial | null
  records: { right: number; of: number }
  storm: { seen: number | null; of: number | null }
  lost: number | null
  wrong: string[]
}

interface Result extends Proof {
  /** The same with functions refused. */
  byTracepoints: Proof
  /** What each set sees of the trial: one that does not see all of it is not taken, nor functions where preemption is lazy. */
  trials: { functions: Trial | null; raw: Trial | null }
  refusals: Record<'ordinary' | 'untyped' | 'locked', TracerFailure | null>
  status: number | null
}

/** What the user is told of it. */
function told(failure: TracerFailure | null | undefined): string {
  if (!failure) throw new Error('the tracer was not refused')
  return explainFailure(failure, 'fdtrace').message
}

/** The set that must be chosen: the first that sees everything. */
const chosen = ({ trials }: Result, functions: boolean) => {
  if (functions && sawAll(trials.functions)) return 'functions'
  return sawAll(trials.raw) ? 'raw' : 'classic'
}

const sawAll = (trial: Trial | null): boolean => trial !== null && trial.seen === trial.made

/** Every kernel, with Java: `npm run test:kernels`. */
const kernels = ['6.1', '6.12', 'newest'] as const

for (const kernel of kernels) {
  const home = join(packageRoot, 'build', 'kernels', kernel, 'vmlinuz')
  const there = capability(
    `kernel-${kernel}`,
    existsSync(home),
    'it has not been fetched; build/kernels says why',
  )
  needing(there)(`the tracer loads and is exact on the kernel ${kernel}`, { timeout: 600_000 }, async () => {
    const { stdout, stderr } = await execa(
      process.execPath,
      ['scripts/kernels.mjs', '--quick', '--json', kernel],
      { cwd: packageRoot, reject: false },
    )
    const [result] = JSON.parse(stdout) as Result[]
    expect(result, stderr).toMatchObject({ status: 0 })
    for (const proof of [result, result?.byTracepoints]) {
      expect(proof, stderr).toMatchObject({
        loads: true,
        lost: 0,
        wrong: [],
        storm: { seen: 20_000, of: 20_000 },
      })
      // On a busy machine it takes further rounds.
      expect(proof?.trial?.made).toBeGreaterThanOrEqual(400)
      expect(sawAll(proof?.trial ?? null)).toBe(true)
    }
    expect(result?.records.of).toBeGreaterThan(55)
    expect(result?.byTracepoints.records.of).toBe(result?.records.of)
    expect(result?.tracepoints).toBe(result && chosen(result, kernel !== 'newest'))
    expect(result?.byTracepoints.tracepoints).toBe(result && chosen(result, false))
    const { ordinary, untyped, locked } = result?.refusals ?? {}
    expect(told(ordinary)).toMatch(
      /\(\w+: EPERM\).*uid 65534 and none of CAP_BPF.* Grant what is needed once/,
    )
    expect(told(untyped)).toMatch(/^The kernel has no type information \(BTF\).* CONFIG_DEBUG_INFO_BTF=y/)
    expect(told(locked)).toMatch(/lockdown is confidentiality.* Boot the machine without lockdown/)
  })
}
