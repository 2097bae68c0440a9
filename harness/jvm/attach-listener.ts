/** How a JVM is made to listen for the attach protocol, and how it is known that it is this JVM that listens. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AttachError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import { catches, readStatus } from '../host/procfs/status.js'
import { refuseWhereDisabled } from './attach-disabled.js'
import { noteSocket } from './left-sockets.js'

const S_IFMT = 0o170000
const S_IFSOCK = 0o140000

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

const gone = (pid: number, cause?: unknown): AttachError =>
  new AttachError('ATTACH_GONE', `Process ${pid} has ended.`, { cause })

/** The kernel names no root folder then; it does of every process that it only forbids us to look at. */
const hasLeftItsFiles = (pid: number, host: Host): Promise<boolean> =>
  host.stat(`/proc/${pid}/root`).then(
    () => false,
    (error: unknown) => codeOf(error) === 'ENOENT',
  )

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

/** A JVM that listens: its socket as seen from here, and whose it must be. */
export interface AttachListener {
  socket: string
  pid: number
  uid: number
  ownPid: number
}

/** Makes the JVM listen, if it does not yet. */
export async function listenerOf(
  pid: number,
  { timeoutMs = 10_000, signal, host = localHost }: { timeoutMs?: number; signal?: AbortSignal; host?: Host },
): Promise<AttachListener> {
  const end = performance.now() + timeoutMs
  let jvm = await describe(pid, host)
  const { ownPid, uid } = jvm
  const listener = { socket: `/proc/${pid}/root/tmp/.java_pid${ownPid}`, pid, uid, ownPid }
  if (await isThere(listener, host)) return listener
  await refuseWhereDisabled(pid, ownPid, host)
  // Before HotSpot handles it, SIGQUIT would end the process.
  while (!jvm.catchesQuit) {
    if (performance.now() > end)
      throw new AttachError(
        'ATTACH_TIMEOUT',
        `Process ${pid} does not handle SIGQUIT: it is no HotSpot JVM, runs with -Xrs, or has not started yet.`,
      )
    await sleep(10, undefined, { signal })
    jvm = await describe(pid, host)
  }
  const trigger = await askToListen(pid, jvm, host)
  try {
    for (let asked = -Infinity; !(await isThere(listener, host));) {
      await describe(pid, host)
      if (performance.now() > end)
        throw new AttachError(
          'ATTACH_TIMEOUT',
          `Process ${pid} did not open its attach socket /tmp/.java_pid${jvm.ownPid} within ${timeoutMs} ms. It needs a writable /tmp.`,
        )
      if (performance.now() - asked > 1000) {
        await host.kill(pid, 'SIGQUIT').catch((error: unknown) => {
          throw codeOf(error) === 'ESRCH' ? gone(pid, error) : error
        })
        asked = performance.now()
      }
      await sleep(5, undefined, { signal })
    }
  } finally {
    await host.unlink(trigger).catch(() => undefined)
  }
  return listener
}

/** Whether its socket is there; one of another user can't be, and would answer for a stranger. */
async function isThere(listener: AttachListener, host: Host): Promise<boolean> {
  const found = await host.stat(listener.socket, { follow: false }).catch(() => null)
  if (((found?.mode ?? 0) & S_IFMT) !== S_IFSOCK) return false
  if (found?.uid !== listener.uid) throw stranger(listener)
  await noteSocket(listener, found, host)
  return true
}

export const stranger = ({ pid, uid, ownPid }: AttachListener): AttachError =>
  new AttachError(
    'ATTACH_REFUSED',
    `The socket /tmp/.java_pid${ownPid} is not the one of process ${pid}: it is of another user than the JVM's (${uid}), open to others, or listened on by another process, which would answer in the JVM's place. Remove that file, find out who has made it, and try again.`,
  )

/** Places the file that HotSpot looks for on SIGQUIT; it must belong to the JVM's user. */
async function askToListen(pid: number, jvm: Process, host: Host): Promise<string> {
  const refusals: string[] = []
  for (const trigger of triggersOf(pid, jvm.ownPid)) {
    try {
      await removeLeft(trigger, jvm.uid, host)
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

/** One that was left behind by us or by the JVM's user; anybody else's stays. */
async function removeLeft(trigger: string, uid: number, host: Host): Promise<void> {
  const found = await host.stat(trigger, { follow: false }).catch(() => null)
  if (found !== null && [uid, 0, process.getuid?.()].includes(found.uid))
    await host.unlink(trigger).catch(() => undefined)
}

/** Removes what a harness that was killed may have left while it asked the JVM to listen. */
export async function removeTrigger(pid: number, host: Host = localHost): Promise<void> {
  const { ownPid, uid } = await describe(pid, host)
  for (const trigger of triggersOf(pid, ownPid)) await removeLeft(trigger, uid, host)
}

const triggersOf = (pid: number, ownPid: number): string[] =>
  [`/proc/${pid}/root/tmp`, `/proc/${pid}/cwd`].map((folder) => `${folder}/.attach_pid${ownPid}`)
