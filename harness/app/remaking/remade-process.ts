import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execute } from '../../host/execute.js'
import { isHeld } from '../../host/gate.js'
import { guardGroups } from '../../host/guard-process.js'
import { probesFolder } from '../../host/package-root.js'
import type { Exit } from '../exit.js'
import type { Ended, Relaunch, Remaking, RestoredApp } from './remaking.js'

/** A process that is to be brought back: what changes when it is. */
export interface Remakeable {
  /** Of its first process; its process group has that number, too. */
  readonly pid: number
  /** How its first life ends. */
  lifeEnds: Promise<Exit>
  /** Where a java that brings it back by itself prints to. */
  relaunchLog: string
  /** A java that brings it back is the app from now on. */
  replace: (pid: number) => void
  handOver: Remaking['handOver']
}

/** An app that is a process of this machine comes back under its own pids, below a program of ours. */
export function remakingOf(app: Remakeable): Remaking {
  const group = app.pid
  let { lifeEnds } = app
  const begun = (restored: RestoredApp): RestoredApp => {
    lifeEnds = restored.exited
    return restored
  }
  return {
    criu: { command: null, dump: [], always: [] },
    ours: null,
    share: (folder) => Promise.resolve(folder),
    run,
    leave: () => Promise.resolve(),
    start: async (command) => begun(await start({ command, group })),
    relaunch: async (java) => begun(await relaunch(java, group, app)),
    handOver: (heir) => {
      app.handOver(heir)
    },
    get lifeEnds() {
      return lifeEnds
    },
  }
}

async function relaunch(
  java: Relaunch,
  group: number,
  { relaunchLog, replace }: Remakeable,
): Promise<RestoredApp> {
  const log = await open(relaunchLog, 'w', 0o600)
  try {
    const restored = await start({ ...java, group, output: log.fd })
    return {
      ...restored,
      // A getter would be read here, once.
      get hasEnded() {
        return restored.hasEnded
      },
      arrived: () => {
        replace(restored.pid)
        return Promise.resolve()
      },
      printed: () => readFile(relaunchLog, 'utf8'),
    }
  } finally {
    await log.close()
  }
}

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
async function start({
  command,
  group,
  output = 'ignore',
  ...place
}: Pick<Relaunch, 'command'> &
  Partial<Relaunch> & { group: number; output?: number | 'ignore' }): Promise<RestoredApp> {
  const child = spawn(join(probesFolder, 'gate'), ['--die-with-parent', '--', ...command], {
    ...place,
    stdio: ['ignore', output, output],
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw (await once(child, 'error'))[0]
  guardGroups(child, [pid, group])
  const exited = exitOf(child)
  while (!hasEnded(child) && !(await isHeld(pid))) await sleep(1)
  child.kill('SIGCONT')
  return {
    pid,
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
    printed: () => Promise.resolve(''),
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** How a child of ours ends; never rejects. */
export async function exitOf(child: ChildProcess): Promise<Exit> {
  if (!hasEnded(child)) await once(child, 'exit')
  return child.exitCode ?? child.signalCode ?? 'unknown'
}
