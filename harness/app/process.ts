import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.js'
import { probesFolder } from '../package-root.js'
import { AppOutput } from './output.js'

export interface ProcessSpec {
  /** The command as it is to run, JVM options of the harness included. */
  command: string[]
  cwd: string
  env: Record<string, string>
  /** Where everything that the app prints is written. */
  logFile: string
}

/** How a process ended: its exit status, or the signal's name. */
export type Exit = number | string

/** An app at its first instruction: nothing of it has run. */
export interface HeldProcess {
  pid: number
  release(): RunningProcess
  stop(): Promise<void>
}

export interface RunningProcess {
  pid: number
  output: AppOutput
  /** Resolves when the process has ended; never rejects. */
  exited: Promise<Exit>
  /** Ends the app: SIGTERM, after five seconds SIGKILL, for its whole process group. */
  stop(): Promise<Exit>
}

const SIGCONT_CAUGHT = 0x20000n

/**
 * Starts a command behind the gate. The app gets a session of its own, so that Ctrl-C reaches the harness alone,
 * a pipe that is never written as standard input, and a parent-death signal, so that it can't outlive a killed harness.
 */
export async function holdProcess(spec: ProcessSpec): Promise<HeldProcess> {
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
      return { pid, output, exited, stop }
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
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1]
    if (caught !== undefined && (BigInt(`0x${caught}`) & SIGCONT_CAUGHT) !== 0n) return
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
