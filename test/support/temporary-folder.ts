/** Vitest's global set-up: all that a run leaves in the temporary folder is in one, which goes with the run. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder = ''

export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'crac-preflight-tests-'))
  // As /tmp itself: apps of other users live there, too.
  chmodSync(folder, 0o1777)
  process.env.TMPDIR = folder
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
