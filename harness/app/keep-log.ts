import { createReadStream, createWriteStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { DEFAULT_MAX_OUTPUT } from './output.js'

/** Copies what is kept of an app's log to where the user wants it: what stood before it has been given back to the disk. */
export async function keepLog(
  log: string,
  copy: string | undefined,
  maxOutputBytes = DEFAULT_MAX_OUTPUT,
): Promise<void> {
  if (copy === undefined) return
  const { size } = await stat(log)
  if (size === 0) {
    await writeFile(copy, '')
    return
  }
  const newest = { start: Math.max(0, size - maxOutputBytes), end: size - 1 }
  await pipeline(createReadStream(log, newest), createWriteStream(copy))
}
