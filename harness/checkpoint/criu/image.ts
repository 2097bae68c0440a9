import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { isHeld } from '../../host/gate.js'
import { probesFolder } from '../../host/package-root.js'
import { ENGINE_LOG } from '../crac/engine-log.js'
import type { Criu } from './criu.js'

/** What CRIU calls its log of a restore, as CRaC JDKs do. */
const RESTORE_LOG = 'restore4.log'

/** Connections that are there come back closed, as their other ends can't be trusted to wait. */
const common = (folder: string, log: string) => [
  ...['--images-dir', folder],
  ...['--log-file', log],
  '-v4',
  '--tcp-close',
]

/**
 * Writes the image of a process and of all below it, and ends them. False where CRIU refuses, or is told to end, and they
 * run on: `dumpLog` says why.
 */
export async function dump(
  { program }: Criu,
  pid: number,
  folder: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { failed } = await execa(program, ['dump', '--tree', String(pid), ...common(folder, ENGINE_LOG)], {
    reject: false,
    cancelSignal: signal,
    stdio: 'ignore',
  })
  return !failed
}

/**
 * Brings them back under their own pids. The program ends when they end, or at once where it can't: `restoreLog` says why.
 * It ends with this process, too, and what it has restored has it for a parent and ends with it.
 */
export async function restore({ program }: Criu, folder: string): Promise<ChildProcess> {
  const restoring = [program, 'restore', ...common(folder, RESTORE_LOG)]
  const child = spawn(join(probesFolder, 'gate'), ['--die-with-parent', '--', ...restoring], {
    stdio: 'ignore',
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw (await once(child, 'error'))[0]
  while (!(await isHeld(pid)) && child.exitCode === null) await sleep(1)
  child.kill('SIGCONT')
  return child
}

export const dumpLog = (folder: string): Promise<string> => logOf(folder, ENGINE_LOG)
export const restoreLog = (folder: string): Promise<string> => logOf(folder, RESTORE_LOG)

const logOf = (folder: string, name: string): Promise<string> =>
  readFile(join(folder, name), 'utf8').catch(() => '')

/** How much an image takes, its logs left out, in bytes. */
export async function imageSize(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.img'))
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
