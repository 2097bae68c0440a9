import { AttachError } from '../model/errors.js'
import { debug } from '../host/diagnosis/debug.js'
import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import { listenerOf, stranger, type AttachListener } from './attach-listener.js'

const say = debug('attach')

export interface AttachOptions {
  /** For the listener to start and for the answer to come, each. */
  timeoutMs?: number
  signal?: AbortSignal
  /** Where the JVM runs; here unless given. */
  host?: Host
}

export interface AttachAnswer {
  /** The protocol's own code: 0 means that the JVM understood the operation. */
  code: number
  output: string
}

/** HotSpot resets the connection for longer arguments (measured: a little over 1,000 characters). */
const LONGEST_ARGUMENT = 1000

/**
 * Sends one operation of HotSpot's dynamic attach protocol, version 1: a command and exactly three arguments.
 * Needs nothing but the JVM itself; works across containers through /proc/PID/root.
 */
export async function attach(
  pid: number,
  operation: string,
  args: string[],
  options: AttachOptions = {},
): Promise<AttachAnswer> {
  const tooLong = args.find((argument) => Buffer.byteLength(argument) > LONGEST_ARGUMENT)
  if (tooLong !== undefined)
    throw new AttachError(
      'ATTACH_REFUSED',
      `An argument of the attach operation "${operation}" is ${Buffer.byteLength(tooLong)} bytes long; the JVM takes ${LONGEST_ARGUMENT}. Use shorter paths.`,
    )
  const request = ['1', operation, args[0] ?? '', args[1] ?? '', args[2] ?? '']
    .map((part) => `${part}\0`)
    .join('')
  const what = `operation "${operation}" of process ${pid}`
  say(() => `> ${pid} ${operation} ${args.join(' ')}`)
  const ask = async () => exchange(await listenerOf(pid, options), request, what, options)
  const answer = await ask().catch(async (error: unknown) => {
    if (!(error instanceof NobodyListens)) throw error
    // A JVM that was killed has left it, and had the same number.
    await (options.host ?? localHost).unlink(error.socket).catch(() => undefined)
    return await ask()
  })
  say(() => `< ${pid} ${answer.slice(0, 500)}`)
  const end = answer.indexOf('\n')
  const code = Number(answer.slice(0, end))
  if (end < 0 || !Number.isInteger(code))
    throw new AttachError(
      'ATTACH_GONE',
      `Process ${pid} closed the connection without an answer to "${operation}".`,
    )
  return { code, output: answer.slice(end + 1) }
}

/** Runs one diagnostic command, as `jcmd PID COMMAND` does, without a jcmd binary. */
export const jcmd = (pid: number, command: string, options?: AttachOptions): Promise<AttachAnswer> =>
  attach(pid, 'jcmd', [command], options)

/** Loads a native agent, or calls its Agent_OnAttach again; `code` is what the agent returned, -1 where it could not be loaded. */
export async function loadAgent(
  pid: number,
  library: string,
  agentOptions: string,
  options?: AttachOptions,
): Promise<AttachAnswer> {
  const { code, output } = await attach(pid, 'load', [library, 'true', agentOptions], options)
  // The protocol's code is 0 even when loading failed; the text tells (measured on 17 and 25).
  const returned = /return code: (-?\d+)/.exec(output)?.[1]
  return { code: code !== 0 ? code : Number(returned ?? -1), output }
}

class NobodyListens extends AttachError {
  constructor(readonly socket: string) {
    super(
      'ATTACH_GONE',
      `Nobody listens on ${socket}: the process has ended, or another one has left that file.`,
    )
  }
}

function exchange(
  listener: AttachListener,
  request: string,
  what: string,
  { timeoutMs = 60_000, signal, host = localHost }: AttachOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const connection = host.connect(listener.socket, listener)
    connection.write(request)
    const expire = setTimeout(() => {
      connection.destroy(new AttachError('ATTACH_TIMEOUT', `No answer to ${what} within ${timeoutMs} ms.`))
    }, timeoutMs)
    const abort = () =>
      connection.destroy(new AttachError('ATTACH_TIMEOUT', `The wait for ${what} was given up.`))
    signal?.addEventListener('abort', abort)
    connection.on('data', (chunk: Buffer) => chunks.push(chunk))
    connection.on('end', () => {
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    connection.on('error', (error) => {
      reject(asAttachError(error, listener, what))
    })
    connection.on('close', () => {
      clearTimeout(expire)
      signal?.removeEventListener('abort', abort)
    })
  })
}

function asAttachError(error: Error, listener: AttachListener, what: string): AttachError {
  if (error instanceof AttachError) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EPERM') return stranger(listener)
  if (code === 'ECONNREFUSED') return new NobodyListens(listener.socket)
  return new AttachError('ATTACH_GONE', `The connection for ${what} broke: ${error.message}.`, {
    cause: error,
  })
}
