import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execute } from '../../host/execute.js'
import { isHeld } from '../../host/gate.js'
import { guardGroups } from '../../host/guard-process.js'
import { probesFolder } from '../../host/package-root.js'
import { ENGINE_LOG, reasonOf, type EngineReason } from '../crac/engine-log.js'
import { toFinding } from '../output/exceptions/messages.js'
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

/** Why there is no image: what CRIU's log says, as the engine's own reasons are reported. */
export interface Refusal extends EngineReason {
  /** In one line. */
  why: string
}

/**
 * Writes the image of a process and of all below it, and ends them. Not null where CRIU refuses, or is asked to end, and they
 * run on.
 */
export async function dump(
  { program }: Criu,
  pid: number,
  folder: string,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const options = ['dump', '--tree', String(pid), ...common(folder, ENGINE_LOG)]
  const run = await execute()
  const ended = await run(program, options, {
    reject: false,
    cancelSignal: signal,
    stdin: 'ignore',
    stdout: 'ignore',
    maxBuffer: 1e6,
  })
  if (!ended.failed) return null
  const otherwise = ended.isCanceled
    ? 'it had not written the image in time'
    : (lastError(ended.stderr) ?? howItEnded(ended))
  const known = reasonOf(await logOf(folder, ENGINE_LOG))
  const finding = toFinding(null, `CRIU could not write the image: ${otherwise}`)
  const reason = known ?? { text: '', findings: [finding] }
  return { ...reason, why: known?.findings[0]?.message ?? otherwise }
}

const howItEnded = ({ exitCode, signal }: { exitCode?: number; signal?: string }): string =>
  `it ended with ${signal ?? `exit code ${exitCode ?? 'unknown'}`}, and its log names no error`

/** What it says where it can't write its log. */
const lastError = (text: string): string | null =>
  text
    .split('\n')
    .findLast((line) => line.includes('Error ('))
    ?.replace(/^.*Error \([^)]*\): /, '') ?? null

/**
 * Brings them back under their own pids. The program ends when they end, or at once where it can't: `restoreLog` says why.
 * It ends with this process, too, and so does what it has restored, which joins the app's process group in its own time.
 */
export async function restore({ program }: Criu, folder: string, group: number): Promise<ChildProcess> {
  const restoring = [program, 'restore', ...common(folder, RESTORE_LOG)]
  const child = spawn(join(probesFolder, 'gate'), ['--die-with-parent', '--', ...restoring], {
    stdio: 'ignore',
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw (await once(child, 'error'))[0]
  guardGroups(child, [pid, group])
  while (!(await isHeld(pid)) && child.exitCode === null) await sleep(1)
  child.kill('SIGCONT')
  return child
}

/** Whether what is in the folder was brought back, and then ended or did not answer for reasons of its own. */
export const isRestored = async (folder: string): Promise<boolean> =>
  (await logOf(folder, RESTORE_LOG)).includes('Restore finished successfully')

/** Why it could not be, in one line. */
export const restoreComplaint = async (folder: string): Promise<string> =>
  reasonOf(await logOf(folder, RESTORE_LOG))?.findings[0]?.message ?? 'its log names no error'

const logOf = (folder: string, name: string): Promise<string> =>
  readFile(join(folder, name), 'utf8').catch(() => '')

/** The files of an image, its logs left out. */
export const imageFiles = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith('.img')).map((name) => join(folder, name))

/** How much it takes, in bytes. */
export async function imageSize(folder: string): Promise<number> {
  const sizes = await Promise.all((await imageFiles(folder)).map(async (file) => (await stat(file)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
