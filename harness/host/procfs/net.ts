import type { Host } from '../host.js'

/** A row of /proc/PID/net/tcp, tcp6, udp or udp6. */
export interface InternetSocket {
  /** `127.0.0.1:8080`, `[::1]:80` */
  local: string
  /** Null where it has no other end. */
  remote: string | null
  /** The state is TCP_LISTEN; udp sockets have that state never. */
  listening: boolean
  inode: number
}

/** A row of /proc/PID/net/unix. */
export interface UnixSocket {
  /** `/run/x.sock`, `@abstract`, or empty. */
  path: string
  listening: boolean
  inode: number
}

export type InternetTable = 'tcp' | 'tcp6' | 'udp' | 'udp6'

/** TCP_LISTEN in the state column of /proc/net/tcp; in /proc/net/unix the flag is __SO_ACCEPTCON. */
const TCP_LISTEN = '0A'
const UNIX_LISTENING = 0x10000

/** Reads the text of /proc/PID/net/tcp and its like. Sockets that are neither bound nor connected are not in it. */
export function parseInternetTable(text: string): InternetSocket[] {
  return rowsOf(text).flatMap((row) => {
    const [, local, remote, state, , , , , , inode] = row.trim().split(/\s+/)
    if (local === undefined || remote === undefined || inode === undefined) return []
    return [
      {
        local: inetAddress(local),
        remote: remote.endsWith(':0000') ? null : inetAddress(remote),
        listening: state === TCP_LISTEN,
        inode: Number(inode),
      },
    ]
  })
}

/** Reads the text of /proc/PID/net/unix. A name may hold spaces, and nothing is escaped in it. */
export function parseUnixTable(text: string): UnixSocket[] {
  return rowsOf(text).flatMap((row) => {
    const fields = /^\S+: \S+ \S+ ([0-9A-F]+) \S+ \S+ +(\d+)(?: (.*))?$/.exec(row)
    if (fields === null) return []
    const [, flags = '0', inode, path = ''] = fields
    return [{ path, listening: (parseInt(flags, 16) & UNIX_LISTENING) !== 0, inode: Number(inode) }]
  })
}

/** Below its heading. */
const rowsOf = (text: string): string[] => text.split('\n').slice(1).filter(Boolean)

/** The sockets of one protocol in a process's network namespace; none where the kernel has no such table. */
export const readInternetTable = async (
  pid: number | 'self',
  table: InternetTable,
  host: Host,
): Promise<InternetSocket[]> =>
  parseInternetTable(await host.readText(`/proc/${pid}/net/${table}`).catch(() => ''))

/** The unix sockets of a process's network namespace. */
export const readUnixTable = async (pid: number | 'self', host: Host): Promise<UnixSocket[]> =>
  parseUnixTable(await host.readText(`/proc/${pid}/net/unix`).catch(() => ''))

/** The sockets that listen on a port: their inodes. */
export const listenersOn = (sockets: InternetSocket[], port: number): number[] =>
  sockets.flatMap(({ local, listening, inode }) => (listening && local.endsWith(`:${port}`) ? [inode] : []))

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
