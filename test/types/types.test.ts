import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

/** The package is what these files import, as its users have it: dist, through its exports, every declaration checked. */
test('what users write type-checks against each entry, and what they can’t write does not', () => {
  const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', import.meta.dirname], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
}, 120_000)
