import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, UsageError } from '../model/errors.js'
import { localHost } from '../host/local-host.js'
import { isHeld } from '../host/gate.js'
import { probesFolder } from '../host/package-root.js'
import { readStat } from '../host/procfs/stat.js'
import { removeLeftSockets } from '../jvm/left-sockets.js'
import type { Exit, HeldApp } from './held.js'
import { AppOutput } from './output.js'
import { lastExit } from './remaking/last-exit.js'
import { exitOf, remakingOf } from './remaking/remade-process.js'
import type { RestoredApp } from './remaking/remaking.js'

export interface ProcessSpec {
  /** The command as it is to run, JVM options of the harness included. */
  command: string[]
  cwd: string
  env: Record<string, string>
  /** Where everything that the app prints is written. */
  logFile: string
  /** How much of it is kept, in bytes. */
  maxOutputBytes?: number | undefined
  /** Where a java that brings the app back by itself prints to; beside the app's own unless given. */
  relaunchLog?: string
  /** How the app gets our own paths; as they are, unless given. */
  inside?: (text: string) => string
}

/**
 * Starts a command behind the gate. The app gets a session of its own, so that Ctrl-C reaches the harness alone, /dev/null
 * as standard input and a file for both outputs, as CRIU writes no image of a socket whose other end is ours, and a
 * parent-death signal and a guard, so that neither it nor what it starts can outlive a killed harness.
 */
export async function holdProcess(spec: ProcessSpec): Promise<HeldApp> {
  const output = await AppOutput.create(spec.logFile, spec.maxOutputBytes)
  const child = spawn(join(probesFolder, 'gate'), ['--die-with-parent', '--', ...spec.command], {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', output.file.fd, output.file.fd],
  })
  const { pid } = child
  if (pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error]
    await output.close()
    if (!(await isFolder(spec.cwd)))
      throw new UsageError(`cwd can't be "${spec.cwd}": there is no such folder.`)
    throw new AppError(
      'APP_NOT_STARTED',
      `The gate can't be started: ${error.message}. Run "npm run build" in a checkout of crac-preflight.`,
      '',
      { cause: error },
    )
  }
  let restored: Promise<RestoredApp | null> = Promise.resolve(null)
  const lifeEnds = exitOf(child)
  const exited = lastExit(lifeEnds, () => restored).finally(() => output.close())
  // A java that has brought it back leads another group.
  let current = pid
  await held(pid, exited, output)
  // From its release on it may start others, whom the parent-death signal doesn't reach.
  const guard = localHost.run(join(probesFolder, 'guard'), ['--group', String(pid)])
  const guarded = guard.ended.catch(String)
  const stop = async () => {
    await askToEnd([...new Set([pid, current])])
    guard.stdin.end()
    // Nothing else may keep this process alive until then.
    const alive = setInterval(() => undefined, 60_000)
    if ((await guarded) !== 'exit status 0') signalGroup(pid, 'SIGKILL')
    if (current !== pid) signalGroup(current, 'SIGKILL')
    clearInterval(alive)
    const how = await exited
    await removeLeftSockets()
    return how
  }
  return {
    pid,
    release: () => {
      process.kill(pid, 'SIGCONT')
      return {
        get pid() {
          return current
        },
        host: localHost,
        output,
        exited,
        stop,
        remaking: remakingOf({
          ...{ pid, lifeEnds, relaunchLog: spec.relaunchLog ?? `${spec.logFile}.restored` },
          replace: (of) => (current = of),
          handOver: (heir) => {
            restored = heir
          },
        }),
        address: (port) => ({ host: '127.0.0.1', port }),
        inside: spec.inside ?? ((text) => text),
        root: null,
        started: Promise.resolve(),
      }
    },
    stop: async () => {
      await stop()
    },
  }
}

/** Waits until the gate has its handlers: from then on a release can't be lost. */
async function held(pid: number, exited: Promise<Exit>, output: AppOutput): Promise<void> {
  let exit: Exit | undefined
  void exited.then((how) => (exit = how))
  for (;;) {
    if (exit !== undefined)
      throw new AppError('APP_NOT_STARTED', `The gate ended with ${exit}.`, output.tail(20))
    if (await isHeld(pid)) return
    await sleep(1)
  }
}

const isFolder = (path: string): Promise<boolean> =>
  localHost.stat(path).then(
    ({ mode }) => (mode & constants.S_IFMT) === constants.S_IFDIR,
    () => false,
  )

/**
 * Asks the whole process group to end. A shell ends at once and leaves the JVM that it has started to its shutdown hooks.
 * A process that is left then, and what attaching to it has left, is the guard's.
 */
async function askToEnd(groups: readonly number[]): Promise<void> {
  for (const group of groups) signalGroup(group, 'SIGTERM')
  const limit = performance.now() + 5000
  while (performance.now() < limit && (await isAlive(groups))) await sleep(20)
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody is left in the group.
  }
}

/** Whether anybody in process groups still runs. A zombie doesn't, and the first process of a container may never reap it. */
async function isAlive(groups: readonly number[]): Promise<boolean> {
  for (const name of await localHost.readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readStat(name, localHost)
    if (stat !== null && groups.includes(stat.group) && stat.state !== 'Z') return true
  }
  return false
}
