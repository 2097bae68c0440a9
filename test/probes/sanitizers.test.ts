/** The short form of `npm run test:sanitizers`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

test(
  'programs and libraries make no use of a wrong address, and do nothing undefined',
  { timeout: 400_000 },
  () => {
    // Whether a test is required is the matter of the run around this one.
    const env = { ...process.env, NO_COLOR: '1', PREFLIGHT_REQUIRE: '' }
    const script = join('scripts', 'sanitizers.mjs')
    const run = spawnSync(process.execPath, [script, '--short'], { cwd: packageRoot, env, encoding: 'utf8' })
    const passed = [...run.stdout.matchAll(/^ *Tests +(\d+) passed/gm)].map(([, count]) => Number(count))
    expect([run.status, passed.length], run.stdout + run.stderr).toEqual([0, 2])
    expect(passed.every((count) => count > 1)).toBe(true)
  },
)
