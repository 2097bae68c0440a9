import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { descendantsOf } from '../container/processes.js'

/** A socket that listens. */
export interface Listener {
  inode: string
  /** The TCP port; null for a unix socket. */
  port: number | null
  /** As people name it: `8080`, `/run/app.sock`. */
  name: string
}

/** The sockets that listen on a TCP port, as a table in /proc/PID/net tells them: their inodes. */
export const listenersIn = (table: string, port: number): string[] =>
  tcpListeners(table).flatMap((listener) => (listener.port === port ? [listener.inode] : []))

/**
 * Whether the app itself listens on a port. A connection would not tell: it may be accepted by whoever had the port
 * before, or by Docker's proxy, which is there before the app is.
 */
export async function listens(pid: number, port: number, host: Host = localHost): Promise<boolean> {
  const listeners = (await listenersAround(pid, host)).filter((listener) => listener.port === port)
  if (listeners.length === 0) return false
  for (const each of await descendantsOf(pid, host))
    if ((await heldBy(each, listeners, host)).length > 0) return true
  return false
}

/** What a process listens on. */
export const listenersOf = async (pid: number, host: Host): Promise<Listener[]> =>
  heldBy(pid, await listenersAround(pid, host), host)

/** Every socket that listens in the process's network namespace. */
async function listenersAround(pid: number, host: Host): Promise<Listener[]> {
  const read = (table: string) => host.readText(`/proc/${pid}/net/${table}`).catch(() => '')
  const [tcp, tcp6, unix] = await Promise.all([read('tcp'), read('tcp6'), read('unix')])
  return [...tcpListeners(tcp), ...tcpListeners(tcp6), ...unixListeners(unix)]
}

async function heldBy(pid: number, listeners: Listener[], host: Host): Promise<Listener[]> {
  const links = new Set<string>()
  for (const fd of await host.readdir(`/proc/${pid}/fd`).catch(() => []))
    links.add(await host.readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))
  return listeners.filter(({ inode }) => links.has(`socket:[${inode}]`))
}

/** TCP_LISTEN in the kernel's own numbers; in the table of unix sockets it is the flag __SO_ACCEPTCON. */
const LISTEN = '0A'
const ACCEPTS = 0x10000

function tcpListeners(table: string): Listener[] {
  return rows(table).flatMap(([, local, , state, , , , , , inode]) => {
    const port = parseInt(local?.split(':')[1] ?? '', 16)
    return state === LISTEN && inode !== undefined ? [{ inode, port, name: String(port) }] : []
  })
}

/** The JVM's own attach socket is no service of the app. */
function unixListeners(table: string): Listener[] {
  return rows(table).flatMap(([, , , flags, , , inode, ...path]) => {
    const name = path.join(' ') || 'a unix socket'
    const isService = (parseInt(flags ?? '0', 16) & ACCEPTS) !== 0 && !name.includes('/.java_pid')
    return isService && inode !== undefined ? [{ inode, port: null, name }] : []
  })
}

const rows = (table: string): string[][] => table.split('\n').map((row) => row.trim().split(/\s+/))
