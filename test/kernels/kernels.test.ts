import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { capability, needing } from '../support/capability.js'

interface Result {
  loads: boolean
  tracepoints: 'raw' | 'classic' | null
  trial: { made: number; seen: number } | null
  rawTrial: { made: number; seen: number } | null
  records: { right: number; of: number }
  storm: { seen: number | null; of: number | null }
  lost: number | null
  wrong: string[]
  status: number | null
}

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
    expect(result, stderr).toMatchObject({
      loads: true,
      lost: 0,
      wrong: [],
      status: 0,
      storm: { seen: 20_000, of: 20_000 },
      trial: { made: 400, seen: 400 },
    })
    expect(result?.records.of).toBeGreaterThan(25)
    // Raw tracepoints are taken wherever they see everything.
    expect(result?.tracepoints).toBe(result?.rawTrial?.seen === 400 ? 'raw' : 'classic')
  })
}
