import { join } from 'node:path'
import { startGuardProcess } from '../../../host/guard-process.js'
import { startOf } from '../../../host/harness-process.js'
import { packageRoot } from '../../../host/package-root.js'

interface Guard {
  /** How many apps of this harness it watches over. */
  apps: number
  dismiss(): void
}

let guard: Guard | undefined

/**
 * Watches over the containers of this harness: a process of its own removes them when the harness has ended, however that
 * came. What is returned says that this app's container has gone; with the last one the guard ends.
 */
export function guardContainers(): () => void {
  const mine = (guard ??= start())
  mine.apps++
  return () => {
    if (--mine.apps > 0) return
    if (guard === mine) guard = undefined
    mine.dismiss()
  }
}

function start(): Guard {
  const program = join(packageRoot, 'dist', 'harness', 'app', 'container', 'leftovers', 'guard-main.js')
  const { dismiss } = startGuardProcess(program, [String(process.pid), startOf('self')])
  return { apps: 0, dismiss }
}
