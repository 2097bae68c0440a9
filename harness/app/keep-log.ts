import { createReadStream, createWriteStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { maskOf, type Mask } from '../model/mask.js'
import { DEFAULT_MAX_OUTPUT } from './output.js'
import type { AppSettings } from './spec.js'

/** Copies what is kept of an app's log, its secrets masked, to where the user wants it: what stood before it has been given back to the disk. */
export async function keepLog(
  log: string,
  copy: string | undefined,
  { maxOutputBytes = DEFAULT_MAX_OUTPUT, mask }: Pick<AppSettings, 'maxOutputBytes' | 'mask'> = {},
): Promise<void> {
  if (copy === undefined) return
  const { size } = await stat(log)
  if (size === 0) {
    await writeFile(copy, '')
    return
  }
  const newest = { start: Math.max(0, size - maxOutputBytes), end: size - 1 }
  // Whatever its encoding is, names of secrets are ASCII, and each byte is written as it was.
  const read = createReadStream(log, { ...newest, encoding: 'latin1' })
  await pipeline(
    read,
    (pieces) => maskedLines(pieces as AsyncIterable<string>, maskOf(mask)),
    createWriteStream(copy, 'latin1'),
  )
}

/** So much of a line is looked at together. */
const LONGEST_LINE = 1 << 20

async function* maskedLines(pieces: AsyncIterable<string>, mask: Mask): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    rest += piece
    const end = rest.length > LONGEST_LINE ? rest.length : rest.lastIndexOf('\n') + 1
    yield mask(rest.slice(0, end))
    rest = rest.slice(end)
  }
  yield mask(rest)
}
