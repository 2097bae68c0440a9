import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../host/package-root.js'

/** What is to be undone in a process that isn't ours, should the harness end without having done so itself. */
export interface Undo {
  pid: number
  /** With it, `isStill` tells whether it is still the same process. */
  start: string
  /** The agent to call, and its options, as the JVM knows them. */
  library: string
  options: string
  /** What to remove afterwards, as seen from here. */
  folder: string
}

/**
 * Starts a process of its own that waits for the harness's end, however that comes, and then stops the profiler that the
 * harness has left in somebody else's JVM. The function that comes back tells it that there is nothing left to do.
 */
export function startGuard(undo: Undo): () => void {
  const program = join(packageRoot, 'dist', 'harness', 'trace', 'guard-main.js')
  // A session of its own: what ends the harness's whole group must not end the guard with it.
  const child = spawn(process.execPath, [program, JSON.stringify(undo)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  return () => {
    child.stdin.end('done\n')
  }
}
