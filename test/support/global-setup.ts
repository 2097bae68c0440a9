/** Vitest's global set-up: what a run leaves in the temporary folder, and the Docker engine that it started, go with it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeContainerTests } from './container-tests.js'

let folder = ''

export function setup(): void {
  // Once a run, although each project of the configuration asks for it.
  if (process.env.PREFLIGHT_TEST_RUN === String(process.pid)) return
  folder = mkdtempSync(join(tmpdir(), 'crac-preflight-tests-'))
  // As /tmp itself: apps of other users live there, too.
  chmodSync(folder, 0o1777)
  process.env.TMPDIR = folder
  process.env.PREFLIGHT_TEST_RUN = String(process.pid)
}

export async function teardown(): Promise<void> {
  if (folder === '') return
  await closeContainerTests(process.pid)
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
