import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { readLinks } from '../../host/procfs/fds.js'
import { readInternetTable, readUnixTable } from '../../host/procfs/net.js'
import { descendantsOf } from '../container/processes.js'

/** A socket that listens. */
export interface Listener {
  inode: number
  /** The TCP port; null for a unix socket. */
  port: number | null
  /** As people name it: `8080`, `/run/app.sock`. */
  name: string
}

/**
 * Whether the app itself listens on a port. A connection would not tell: it may be accepted by the one that had the port
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
  const [tcp, tcp6, unix] = await Promise.all([
    readInternetTable(pid, 'tcp', host),
    readInternetTable(pid, 'tcp6', host),
    readUnixTable(pid, host),
  ])
  const ports = [...tcp, ...tcp6].map(({ listening, inode, local }) => {
    const port = Number(local.slice(local.lastIndexOf(':') + 1))
    return { listening, inode, port, name: String(port) }
  })
  const paths = unix.map(({ listening, inode, path }) => ({
    // The JVM's own attach socket is no service of the app.
    listening: listening && !path.includes('/.java_pid'),
    inode,
    port: null,
    name: path || 'a unix socket',
  }))
  return [...ports, ...paths].filter(({ listening }) => listening)
}

async function heldBy(pid: number, listeners: Listener[], host: Host): Promise<Listener[]> {
  const links = new Set(await readLinks(pid, host))
  return listeners.filter(({ inode }) => links.has(`socket:[${inode}]`))
}
