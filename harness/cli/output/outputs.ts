import { existsSync } from 'node:fs'
import { access, constants, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { harmless } from '../../../reports/parts/escape.js'
import { UsageError } from '../../model/errors.js'
import { STANDARD_STREAM } from '../options.js'
import { print, writeTarget } from './write.js'

/** One thing that a command was asked to write. */
export interface Output {
  option: string
  target: string
  write: () => Promise<void>
  /** What only tells others: where it fails, that is a line, and never more. */
  aside?: true
}

/** An output that is a text for a file, or for standard output where its name is `-`. */
export function textOutput(option: string, target: string, text: () => string | Promise<string>): Output {
  return { option, target, write: async () => writeTarget(target, await text()) }
}

/** What people read is on standard error where an output for programs is on standard output. */
function streamForPeople(outputs: readonly Output[]): NodeJS.WriteStream {
  return outputs.some(({ target }) => target === STANDARD_STREAM) ? process.stderr : process.stdout
}

const FAILED = 3

/**
 * Writes what people read, and then each output. One that fails is one line and stops no other; the verdict's exit code
 * stays, unless the only output that was asked for is the one that failed.
 */
export async function writeOutputs(
  exitCode: number,
  outputs: readonly Output[],
  forPeople: ((stream: NodeJS.WriteStream) => string) | null,
): Promise<number> {
  const attempt = async ({ option, target, write }: Output): Promise<boolean> => {
    try {
      await write()
      return true
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const line = `crac-preflight: ${option} was not written to ${target}: ${reason}`
      await print(process.stderr, `${harmless(line)}\n`).catch(() => undefined)
      return false
    }
  }
  const stream = streamForPeople(outputs)
  const text: Output = {
    option: 'the text',
    target: stream === process.stderr ? 'standard error' : 'standard output',
    write: () => print(stream, forPeople?.(stream) ?? ''),
  }
  const read = forPeople === null || (await attempt(text))
  const written: boolean[] = []
  for (const output of outputs) {
    const done = await attempt(output)
    if (output.aside !== true) written.push(done)
  }
  const onlyOneFailed = written.length === 0 ? !read : written.length === 1 && written[0] === false
  return onlyOneFailed ? FAILED : exitCode
}

/** Fails before the app is booted where an output could not be written after it; never empties what is there. */
export async function assertWritable(option: string, path: string | undefined): Promise<void> {
  if (path === undefined || path === STANDARD_STREAM) return
  try {
    await makeFolder(dirname(path))
    const known = await stat(path).catch(() => null)
    // To open a FIFO waits for its reader.
    if (known === null || known.isFile() || known.isDirectory()) await (await open(path, 'a')).close()
    else await access(path, constants.W_OK)
  } catch (error) {
    throw new UsageError(
      `--${option} can't be "${path}": it can't be written (${error instanceof Error ? error.message : String(error)}). Name a file in a folder that you may write to.`,
      { cause: error },
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

/** Whether a stream takes colours, as the ecosystem has it: NO_COLOR and FORCE_COLOR decide, a terminal and a CI's log do. */
function takesColour(stream: { isTTY?: boolean }, environment = process.env): boolean {
  const { NO_COLOR, FORCE_COLOR, CI, TERM } = environment
  if (asked !== null) return asked
  if (NO_COLOR) return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return (stream.isTTY === true && TERM !== 'dumb') || Boolean(CI)
}

let asked: boolean | null = null

/** What `--color` or `--no-color` says wins. */
export function askForColour(wanted: boolean): void {
  asked = wanted
}

/**
 * How wide and whether in colour to write to a stream. What goes to a file or a pipe is not
 * wrapped: a search finds each sentence in one line, whatever paths stand in it.
 */
export function terminalOf(stream: NodeJS.WriteStream): { color: boolean; width: number } {
  return { color: takesColour(stream), width: stream.isTTY ? Math.max(stream.columns, 40) : Infinity }
}
