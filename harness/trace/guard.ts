import { join } from 'node:path'
import { startGuardProcess } from '../host/guard-process.js'
import { packageRoot } from '../host/package-root.js'

/** What is to be undone in a process that isn't ours, should the harness end without having done so itself. */
export interface Undo {
  pid: number
  /** With it, `isStill` tells whether it is still the same process. */
  start: string
  /** The agents to call, and their options, as the JVM knows them. */
  agents: { library: string; options: string }[]
}

/** What the guard is told. */
export interface Guard {
  /** From now on agents may be at work. */
  loading(): void
  /** Nothing is left to do. */
  dismiss(): void
}

/**
 * Starts a process of its own that waits for the harness's end, however that comes, and then stops the agents that the
 * harness has left in somebody else's JVM, and removes what asking that JVM has left.
 */
export function startGuard(undo: Undo): Guard {
  const program = join(packageRoot, 'dist', 'harness', 'trace', 'guard-main.js')
  const { tell, dismiss } = startGuardProcess(program, [JSON.stringify(undo)])
  return {
    loading: () => {
      tell('loading')
    },
    dismiss,
  }
}
