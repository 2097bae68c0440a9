import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { readInternetTable, readUnixTable } from '../../host/procfs/net.js'
import { anyEndpoint } from '../../model/endpoint.js'
import type { PeerHolder } from '../../model/report.js'
import type { Target } from '../../model/target.js'

/** What a socket is, as the kernel's tables tell, and who is at its other end. */
export interface SocketDescription {
  target: Target
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
    for (const row of await readInternetTable(pid, protocol, host)) {
      const local = anyEndpoint(row.local) ?? { host: null, port: 0, name: null }
      const { listening, inode } = row
      const is = protocol.startsWith('tcp') ? 'tcp' : 'udp'
      sockets.set(inode, { target: { is, local, remote: anyEndpoint(row.remote), listening } })
    }
  // What an app in a container has accepted from us is listed in our network namespace, not in its own.
  for (const { path, listening, inode } of [
    ...(await readUnixTable('self', localHost)),
    ...(await readUnixTable(pid, host)),
  ])
    sockets.set(inode, { target: { is: 'unix', name: path || null, peer: null, listening } })
  return sockets
}
