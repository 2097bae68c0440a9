import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.js'
import { localHost } from '../host.js'
import { probesFolder } from '../package-root.js'
import { isHeld } from './gate.js'
import type { Exit, HeldApp } from './held.js'
import { AppOutput } from './output.js'

export interface ProcessSpec {
  /** The command as it is to run, JVM options of the harness included. */
  command: string[]
  cwd: string
  env: Record<string, string>
  /** Where everything that the app prints is written. */
  logFile: string
}

/**
 * Starts a command behind the gate. The app gets a session of its own, so that Ctrl-C reaches the harness alone,
 * a pipe that is never written as standard input, and a parent-death signal, so that it can't outlive a killed harness.
 */
export async function holdProcess(spec: ProcessSpec): Promise<HeldApp> {
  const output = await AppOutput.create(spec.logFile)
  const child = spawn(join(probesFolder, 'gate'), ['--die-with-parent', '--', ...spec.command], {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['pipe', output.file.fd, output.file.fd],
  })
  const { pid } = child
  if (pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error]
    await output.close()
    throw new AppError(
      'APP_NOT_STARTED',
      `The gate can't be started: ${error.message}. Run "npm run build" in a checkout of crac-preflight.`,
    )
  }
  const exited = ending(child, output)
  const stop = () => end(pid, exited)
  await held(pid, exited, output)
  return {
    pid,
    release: () => {
      process.kill(pid, 'SIGCONT')
      return {
        pid,
        host: localHost,
        output,
        exited,
        stop,
        address: (port) => ({ host: '127.0.0.1', port }),
        inside: (text) => text,
        root: null,
        started: Promise.resolve(),
      }
    },
    stop: async () => {
      await stop()
    },
  }
}

async function ending(child: ChildProcess, output: AppOutput): Promise<Exit> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  await output.close()
  return code ?? signal ?? 'unknown'
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

/** Signals the whole process group: the app's own children end with it. */
async function end(pid: number, exited: Promise<Exit>): Promise<Exit> {
  signalGroup(pid, 'SIGTERM')
  const kill = setTimeout(() => {
    signalGroup(pid, 'SIGKILL')
  }, 5000)
  const exit = await exited
  clearTimeout(kill)
  signalGroup(pid, 'SIGKILL')
  return exit
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody is left in the group.
  }
}
