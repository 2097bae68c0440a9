import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { readInternetTable, readUnixTable } from '../../host/procfs/net.js'
import type { PeerHolder } from '../../model/report.js'

/** What a socket is, as the kernel's tables tell: readable, with the other end where there is one. */
export interface SocketDescription {
  target: string
  peer: string | null
  /** Which processes hold the other end, where `addPeers` has found out. */
  holders?: PeerHolder[]
}

/**
 * Every socket of the process's network namespace by inode. A socket that is not in it is neither bound nor connected:
 * the kernel's tables leave those out, except for unix sockets.
 */
export async function readSockets(
  pid: number,
  host: Host = localHost,
): Promise<Map<number, SocketDescription>> {
  const sockets = new Map<number, SocketDescription>()
  for (const protocol of ['tcp', 'tcp6', 'udp', 'udp6'] as const)
    for (const { local, remote, listening, inode } of await readInternetTable(pid, protocol, host))
      sockets.set(inode, {
        target: `${protocol.slice(0, 3)} ${local}${listening ? ' listening' : ''}`,
        peer: remote,
      })
  // What an app in a container has accepted from us is listed in our network namespace, not in its own.
  for (const { path, listening, inode } of [
    ...(await readUnixTable('self', localHost)),
    ...(await readUnixTable(pid, host)),
  ])
    sockets.set(inode, {
      target: `unix ${path || 'unnamed'}${listening ? ' listening' : ''}`,
      peer: null,
    })
  return sockets
}
