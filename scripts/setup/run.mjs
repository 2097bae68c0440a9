/** How every step runs a command, says what it does, and fails. */
import { spawn } from 'node:child_process'
import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const arch = process.arch
/** Where the compiled probes go, below the root. */
export const probesFolder = join('dist', 'probes', `linux-${arch}`)
/** Where those go that every processor and C library has in common. */
export const commonFolder = join('dist', 'probes', 'common')

/** A step that can't go on; the message says what to do next. */
export class SetupError extends Error {
  constructor(message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** One line for each thing that is really installed or built. */
export function say(line) {
  console.log(`set-up: ${line}`)
}

/** Runs a command quietly; when it fails, everything that it printed is in the error. */
export async function run(command, args, { cwd = root, env = {} } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text))
  }
  const status = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  if (status === 0) return output
  throw new SetupError(`${[command, ...args].join(' ')} failed (${status})\n${output.trimEnd()}`)
}

/** Where a tool is; Debian keeps bpftool in a folder that is on root's path only. */
export function findTool(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  for (const folder of folders.filter(Boolean)) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not in this folder.
    }
  }
  return null
}

/** The JDK that compiles: the user's JAVA_HOME, else the one whose javac is on the path. */
export function javaHome() {
  const home = process.env.JAVA_HOME
  if (home) {
    try {
      accessSync(join(home, 'bin', 'javac'), constants.X_OK)
      return home
    } catch {
      // JAVA_HOME may be a run-time without a compiler.
    }
  }
  const javac = findTool('javac')
  return javac === null ? null : dirname(dirname(realpathSync(javac)))
}
