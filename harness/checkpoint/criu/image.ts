import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ENGINE_LOG, reasonOf, type EngineReason } from '../crac/engine-log.js'
import { toFinding } from '../output/exceptions/messages.js'

/** What CRIU calls its log of a restore, as CRaC JDKs do. */
const RESTORE_LOG = 'restore4.log'

/** CRIU where the app runs: how it is called there, and what it must be told for a dump, and in any case. */
export interface CriuThere {
  command: string[]
  dump: string[]
  always: string[]
  run: (command: string[], signal: AbortSignal) => Promise<Ended>
}

interface Ended {
  failed: boolean
  isCanceled: boolean
  how: string
  stderr: string
}

/** The folder of an image, as it is named here, and where the app runs. */
export interface ImagePlace {
  here: string
  there: string
}

/** Connections that are there come back closed, as their other ends can't be trusted to wait. */
const common = ({ always }: CriuThere, { there }: ImagePlace, log: string) => [
  ...['--images-dir', there],
  ...['--log-file', log],
  '-v4',
  '--tcp-close',
  ...always,
]

/** Why there is no image: what CRIU's log says, as the engine's own reasons are reported. */
export interface Refusal extends EngineReason {
  /** In one line. */
  why: string
}

/**
 * Writes the image of a process and of all below it, and ends them or leaves them stopped. Not null where CRIU refuses, or is
 * asked to end, and they run on.
 */
export async function dump(
  criu: CriuThere,
  pid: number,
  place: ImagePlace,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const options = ['dump', ...common(criu, place, ENGINE_LOG), '--tree', String(pid), ...criu.dump]
  const ended = await criu.run([...criu.command, ...options], signal)
  if (!ended.failed) return null
  const otherwise = ended.isCanceled
    ? 'it had not written the image in time'
    : (lastError(ended.stderr) ?? `it ended with ${ended.how}, and its log names no error`)
  const known = reasonOf(await logOf(place.here, ENGINE_LOG))
  const finding = toFinding(null, `CRIU could not write the image: ${otherwise}`)
  const reason = known ?? { text: '', findings: [finding] }
  return { ...reason, why: known?.findings[0]?.message ?? otherwise }
}

/** What it says where it can't write its log. */
const lastError = (text: string): string | null =>
  text
    .split('\n')
    .findLast((line) => line.includes('Error ('))
    ?.replace(/^.*Error \([^)]*\): /, '') ?? null

/** What brings them back under their own pids; it ends when they end, or at once where it can't, and its log says why. */
export const restoreCommand = (criu: CriuThere, place: ImagePlace): string[] => [
  ...criu.command,
  'restore',
  ...common(criu, place, RESTORE_LOG),
]

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
