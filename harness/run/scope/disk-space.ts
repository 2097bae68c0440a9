import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, UsageError } from '../../model/errors.js'

/** With less than this, some file of the harness or of the app's JVM finds no room. */
const LEAST_BYTES = 128 * 1024
const POLL_MS = 500

const errorOf = (folder: string, left: number, what: string, cause?: unknown): AppError =>
  new AppError(
    'NO_SPACE',
    `Only ${Math.floor(left / 1024)} kB are left on the disk of ${folder}, which the app's output and the ledger need. Make room, or set TMPDIR to a folder on another disk. What failed:`,
    what,
    { cause },
  )

/** The error as it is, or as one of a full disk where the disk of that folder is. */
export async function orDiskFull(error: unknown, folder: string): Promise<unknown> {
  const told = error instanceof UsageError || (error instanceof AppError && error.code === 'NO_SPACE')
  const left = await bytesLeft(folder)
  if (told || left >= LEAST_BYTES) return error
  return errorOf(folder, left, error instanceof Error ? error.message : String(error), error)
}

/** Rejects when the disk of the folder is full: an app that can't print is never ready. Ends with the signal. */
export async function untilFull(folder: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const left = await bytesLeft(folder)
    if (left < 4096) throw errorOf(folder, left, 'The app can’t print any more.')
    await sleep(POLL_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

async function bytesLeft(folder: string): Promise<number> {
  // A folder that is gone says nothing about its disk.
  return await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Infinity,
  )
}
