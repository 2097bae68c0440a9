import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execute } from '../../host/execute.js'
import { isHeld } from '../../host/gate.js'
import { guardGroups } from '../../host/guard-process.js'
import { probesFolder } from '../../host/package-root.js'
import type { Exit } from '../exit.js'
import type { Ended, Remaking, RestoredApp } from './remaking.js'

/** An app that is a process of this machine comes back under its own pids, below a program of ours. */
export const remakingOf = (pid: number, handOver: Remaking['handOver']): Remaking => ({
  criu: { command: null, dump: [], always: [] },
  ours: null,
  share: (folder) => Promise.resolve(folder),
  run,
  leave: () => Promise.resolve(),
  start: (command) => start(command, pid),
  handOver,
})

async function run([program = '', ...options]: string[], signal: AbortSignal): Promise<Ended> {
  const execa = await execute()
  const ended = await execa(program, options, {
    reject: false,
    cancelSignal: signal,
    stdin: 'ignore',
    stdout: 'ignore',
    maxBuffer: 1e6,
  })
  const { failed, isCanceled, exitCode, signal: by, stderr } = ended
  return { failed, isCanceled, how: by ?? `exit code ${exitCode ?? 'unknown'}`, stderr }
}

/** The program ends with this process, too, and so does what it has restored, which joins the app's process group in its own time. */
async function start(command: string[], group: number): Promise<RestoredApp> {
  const child = spawn(join(probesFolder, 'gate'), ['--die-with-parent', '--', ...command], {
    stdio: 'ignore',
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw (await once(child, 'error'))[0]
  guardGroups(child, [pid, group])
  const exited = exitOf(child)
  while (!hasEnded(child) && !(await isHeld(pid))) await sleep(1)
  child.kill('SIGCONT')
  return {
    exited,
    get hasEnded() {
      return hasEnded(child)
    },
    kill: async () => {
      if (hasEnded(child)) return
      try {
        process.kill(-group, 'SIGKILL')
      } catch {
        // It is not back, or is gone.
      }
      child.kill('SIGKILL')
      await exited
    },
    arrived: () => Promise.resolve(),
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** How a child of ours ends; never rejects. */
export async function exitOf(child: ChildProcess): Promise<Exit> {
  if (!hasEnded(child)) await once(child, 'exit')
  return child.exitCode ?? child.signalCode ?? 'unknown'
}
