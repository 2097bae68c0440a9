import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { isHeld } from '../host/gate.js'
import { localHost } from '../host/local-host.js'
import { probesFolder } from '../host/package-root.js'

interface CommandOptions {
  cwd: string
  env: Record<string, string>
  signal: AbortSignal | undefined
}

/** How a command ended, null where it ended well, and what it printed. */
export interface CommandEnd {
  wrong: string | null
  output: string
}

/**
 * Runs a command of the user's to its end. What it has started ends with it, and all of that with the harness, even with
 * one that is killed: the gate holds the command until its guard stands beside it, as it does an app.
 */
export async function runCommand(
  words: readonly string[],
  { cwd, env, signal }: CommandOptions,
): Promise<CommandEnd> {
  const command = execa(join(probesFolder, 'gate'), ['--die-with-parent', '--', ...words], {
    ...{ cwd, env, all: true, reject: false, stdin: 'ignore', maxBuffer: 1 << 20 },
    // A process group of its own is what the guard ends.
    detached: true,
    ...(signal && { cancelSignal: signal }),
  })
  await releaseGuarded(command)
  const { failed, exitCode, signal: killedBy, all, shortMessage } = await command
  const how = exitCode === undefined ? (killedBy ?? shortMessage) : `exit code ${exitCode}`
  return { wrong: failed ? (how ?? 'no exit code') : null, output: all }
}

async function releaseGuarded(
  command: Pick<ChildProcess, 'pid' | 'exitCode' | 'signalCode' | 'once'>,
): Promise<void> {
  const { pid } = command
  // There is no gate, or no such folder: how it ended says so.
  if (pid === undefined) return
  const hasEnded = () => command.exitCode !== null || command.signalCode !== null
  while (!hasEnded() && !(await isHeld(pid))) await sleep(1)
  if (hasEnded()) return
  const guard = localHost.run(join(probesFolder, 'guard'), ['--group', String(pid)])
  guard.ended.catch(() => undefined)
  // Not with its output: what it has started may hold that open for ever.
  command.once('exit', () => guard.stdin.end())
  process.kill(pid, 'SIGCONT')
}
