import { join } from 'node:path'
import { startGuardProcess } from '../host/guard-process.js'
import { packageRoot } from '../host/package-root.js'

/** What is to be undone in a process that isn't ours, should the harness end without having done so itself. */
export interface Undo {
  pid: number
  /** With it, `isStill` tells whether it is still the same process. */
  start: string
}

/** An agent to call, and its options, as the JVM knows them. */
export interface UndoAgent {
  library: string
  options: string
}

/** How the line begins that tells of agents. */
export const LOADING = 'loading '

/** What the guard gets. */
export interface Guard {
  /** From now on these may be at work. */
  loading(agents: UndoAgent[]): void
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
    loading: (agents) => {
      tell(`${LOADING}${JSON.stringify(agents)}`)
    },
    dismiss,
  }
}
