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
}

/** What the guard is told. */
export interface Guard {
  /** From now on the profiler may be at work. */
  loading(): void
  /** Nothing is left to do. */
  dismiss(): void
}

/**
 * Starts a process of its own that waits for the harness's end, however that comes, and then stops the profiler that the
 * harness has left in somebody else's JVM, and removes what asking that JVM has left.
 */
export function startGuard(undo: Undo): Guard {
  const program = join(packageRoot, 'dist', 'harness', 'trace', 'guard-main.js')
  // A session of its own: what ends the harness's whole group must not end the guard with it.
  const child = spawn(process.execPath, [program, JSON.stringify(undo)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  return {
    loading: () => void child.stdin.write('loading\n'),
    dismiss: () => void child.stdin.end('done\n'),
  }
}
