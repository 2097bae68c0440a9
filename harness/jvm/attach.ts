import { setTimeout as sleep } from 'node:timers/promises'
import { AttachError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import { readCmdline } from '../host/procfs/cmdline.js'
import { catches, readStatus } from '../host/procfs/status.js'

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
const S_IFMT = 0o170000
const S_IFSOCK = 0o140000

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
  const socket = await listenerOf(pid, options)
  const request = ['1', operation, args[0] ?? '', args[1] ?? '', args[2] ?? '']
    .map((part) => `${part}\0`)
    .join('')
  const answer = await exchange(socket, request, `operation "${operation}" of process ${pid}`, options)
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

interface Process {
  /** The process's number in its own pid namespace. */
  ownPid: number
  uid: number
  gid: number
  catchesQuit: boolean
}

async function describe(pid: number, host: Host): Promise<Process> {
  const status = await readStatus(pid, host)
  // One that is ending has left its files before it is a zombie.
  if (status === null || /[ZX]/.test(status.state) || (await hasLeftItsFiles(pid, host))) throw gone(pid)
  const { ownPid, uid, gid } = status
  return { ownPid: ownPid ?? pid, uid, gid, catchesQuit: catches(status, 'SIGQUIT') }
}

const gone = (pid: number): AttachError => new AttachError('ATTACH_GONE', `Process ${pid} has ended.`)

/** The kernel names no root folder then; it does of every process that it only forbids us to look at. */
const hasLeftItsFiles = (pid: number, host: Host): Promise<boolean> =>
  host.stat(`/proc/${pid}/root`).then(
    () => false,
    (error: unknown) => codeOf(error) === 'ENOENT',
  )

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

/** Makes the JVM listen, if it does not yet, and returns its socket as seen from here. */
async function listenerOf(
  pid: number,
  { timeoutMs = 10_000, signal, host = localHost }: AttachOptions,
): Promise<string> {
  const end = Date.now() + timeoutMs
  let jvm = await describe(pid, host)
  const socket = `/proc/${pid}/root/tmp/.java_pid${jvm.ownPid}`
  const listening = async () =>
    (((await host.stat(socket).catch(() => null))?.mode ?? 0) & S_IFMT) === S_IFSOCK
  if (await listening()) return socket
  await refuseWhereDisabled(pid, host)
  // Before HotSpot handles it, SIGQUIT would end the process.
  while (!jvm.catchesQuit) {
    if (Date.now() > end)
      throw new AttachError(
        'ATTACH_TIMEOUT',
        `Process ${pid} does not handle SIGQUIT: it is no HotSpot JVM, runs with -Xrs, or has not started yet.`,
      )
    await sleep(10, undefined, { signal })
    jvm = await describe(pid, host)
  }
  const trigger = await askToListen(pid, jvm, host)
  try {
    for (let asked = 0; !(await listening());) {
      await describe(pid, host)
      if (Date.now() > end)
        throw new AttachError(
          'ATTACH_TIMEOUT',
          `Process ${pid} did not open its attach socket /tmp/.java_pid${jvm.ownPid} within ${timeoutMs} ms. It needs a writable /tmp.`,
        )
      if (Date.now() - asked > 1000) {
        await host.kill(pid, 'SIGQUIT').catch((error: unknown) => {
          throw codeOf(error) === 'ESRCH' ? gone(pid) : error
        })
        asked = Date.now()
      }
      await sleep(5, undefined, { signal })
    }
  } finally {
    await host.unlink(trigger).catch(() => undefined)
  }
  return socket
}

/** With the mechanism disabled, SIGQUIT would print a thread dump into the app's output. */
async function refuseWhereDisabled(pid: number, host: Host): Promise<void> {
  if ((await readCmdline(pid, host)).includes('-XX:+DisableAttachMechanism'))
    throw new AttachError(
      'ATTACH_DISABLED',
      `Process ${pid} runs with -XX:+DisableAttachMechanism. Remove that option for the check.`,
    )
}

/** Places the file that HotSpot looks for on SIGQUIT; it must belong to the JVM's user. */
async function askToListen(pid: number, jvm: Process, host: Host): Promise<string> {
  const refusals: string[] = []
  for (const folder of [`/proc/${pid}/root/tmp`, `/proc/${pid}/cwd`]) {
    const trigger = `${folder}/.attach_pid${jvm.ownPid}`
    try {
      // One that was left behind may belong to anybody.
      await host.unlink(trigger).catch(() => undefined)
      await host.create(trigger, jvm)
      return trigger
    } catch (error) {
      refusals.push(`${trigger}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  // It may have written its image and ended since it was looked at: nobody has refused anything then.
  await describe(pid, host)
  throw new AttachError(
    'ATTACH_REFUSED',
    `Process ${pid} can't be asked to listen (${refusals.join('; ')}). Run as the same user or as root, and give the app a writable /tmp.`,
  )
}

function exchange(
  socket: string,
  request: string,
  what: string,
  { timeoutMs = 60_000, signal, host = localHost }: AttachOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const connection = host.connect(socket)
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
      reject(
        error instanceof AttachError
          ? error
          : new AttachError('ATTACH_GONE', `The connection for ${what} broke: ${error.message}.`),
      )
    })
    connection.on('close', () => {
      clearTimeout(expire)
      signal?.removeEventListener('abort', abort)
    })
  })
}
