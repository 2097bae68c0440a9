import { existsSync } from 'node:fs'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../model/errors.js'
import { STANDARD_STREAM } from './options.js'

/** Fails before the app is booted where an output could not be written after it; never empties what is there. */
export async function assertWritable(option: string, path: string | undefined): Promise<void> {
  if (path === undefined || path === STANDARD_STREAM) return
  try {
    await makeFolder(dirname(path))
    await (await open(path, 'a')).close()
  } catch (error) {
    throw new UsageError(
      `--${option} can't be "${path}": it can't be written (${error instanceof Error ? error.message : String(error)}). Name a file in a folder that you may write to.`,
    )
  }
}

/** Fails where two outputs would be mixed. */
export function assertOneOnStandardOutput(outputs: Record<string, string | undefined>): void {
  const onStream = Object.entries(outputs).flatMap(([option, path]) =>
    path === STANDARD_STREAM ? [`--${option}`] : [],
  )
  if (onStream.length > 1)
    throw new UsageError(
      `${onStream.join(' and ')} can't both be written to standard output. Name a file for one.`,
    )
}

/** Like mkdir -p. Node's own recursive form never ends where a file system has no place for folders, as /proc. */
export async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return
  await makeFolder(dirname(path))
  await mkdir(path)
}

export async function write(path: string, text: string): Promise<void> {
  if (path === STANDARD_STREAM) process.stdout.write(text)
  else await writeFile(path, text)
}

/**
 * How wide and whether in colour to write to a stream; `NO_COLOR` is respected. What goes to a file or a pipe is not
 * wrapped: whoever searches it finds each sentence in one line, whatever paths stand in it.
 */
export function terminalOf(stream: NodeJS.WriteStream): { color: boolean; width: number } {
  const color = stream.isTTY && !process.env.NO_COLOR
  return { color, width: stream.isTTY ? Math.max(stream.columns, 40) : Infinity }
}
