import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import type { PeerHolder } from '../../model/report.js'

/** What a socket is, as the kernel's tables tell: readable, with the other end where there is one. */
export interface SocketDescription {
  target: string
  peer: string | null
  /** Which processes hold the other end, where `addPeers` has found out. */
  holders?: PeerHolder[]
}

/** TCP_LISTEN in the state column of /proc/net/tcp; in /proc/net/unix the flag is __SO_ACCEPTCON. */
const TCP_LISTEN = '0A'
const UNIX_LISTENING = 0x10000

/**
 * Every socket of the process's network namespace by inode. A socket that is not in it is neither bound nor connected:
 * the kernel's tables leave those out, except for unix sockets.
 */
export async function readSockets(
  pid: number,
  host: Host = localHost,
): Promise<Map<number, SocketDescription>> {
  const sockets = new Map<number, SocketDescription>()
  for (const protocol of ['tcp', 'tcp6', 'udp', 'udp6'])
    for (const fields of await table(host, pid, protocol)) {
      const [, local, remote, state, , , , , , inode] = fields
      if (local === undefined || remote === undefined || inode === undefined) continue
      const listening = protocol.startsWith('tcp') && state === TCP_LISTEN
      const peer = remote.endsWith(':0000') ? null : inetAddress(remote)
      sockets.set(Number(inode), {
        target: `${protocol.slice(0, 3)} ${inetAddress(local)}${listening ? ' listening' : ''}`,
        peer,
      })
    }
  // What an app in a container has accepted from us is listed in our network namespace, not in its own.
  for (const fields of [...(await table(localHost, 'self', 'unix')), ...(await table(host, pid, 'unix'))]) {
    const [, , , flags, , , inode, ...path] = fields
    if (inode === undefined) continue
    const name = path.join(' ')
    const listening = (parseInt(flags ?? '0', 16) & UNIX_LISTENING) !== 0
    sockets.set(Number(inode), {
      target: `unix ${name || 'unnamed'}${listening ? ' listening' : ''}`,
      peer: null,
    })
  }
  return sockets
}

async function table(host: Host, pid: number | 'self', name: string): Promise<string[][]> {
  const text = await host.readText(`/proc/${pid}/net/${name}`).catch(() => '')
  return text
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => line.trim().split(/\s+/))
}

/** `0100007F:1F90` → `127.0.0.1:8080`. The kernel prints each 32-bit word in the machine's own byte order. */
export function inetAddress(hex: string): string {
  const [address = '', port = '0'] = hex.split(':')
  const bytes = Buffer.from(address, 'hex')
  for (let word = 0; word + 4 <= bytes.length; word += 4) bytes.subarray(word, word + 4).reverse()
  return `${bytes.length === 4 ? bytes.join('.') : inet6Address(bytes)}:${parseInt(port, 16)}`
}

/** An IPv4 address in IPv6's clothes is shown as what it is; JVM sockets are nearly all of that form. */
function inet6Address(bytes: Buffer): string {
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff)
    return bytes.subarray(12).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':')
  // The URL parser writes IPv6 addresses in their shortest form, brackets included.
  return new URL(`http://[${groups}]`).hostname
}
