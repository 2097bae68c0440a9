import { hostAndPort, type Endpoint } from './endpoint.js'
import type { LedgerEntry } from './report.js'

/** What a descriptor leads to. */
export type Target =
  | { is: 'tcp' | 'udp'; local: Endpoint; remote: Endpoint | null; listening: boolean }
  /** `name` is null where it is bound to none; `peer` is the name of the other end, where that has one. */
  | { is: 'unix'; name: string | null; peer: string | null; listening: boolean }
  /** Neither bound nor connected, so that the kernel's tables don't list it; or nobody has looked there. */
  | { is: 'socket'; inode: number | null }
  | { is: 'file'; path: string; deleted: boolean }
  | { is: 'pipe'; inode: number }
  /** An anonymous inode: `eventpoll`, `inotify`; `link` is how /proc writes it. */
  | { is: 'anon'; kind: string; link: string }
  | { is: 'other'; link: string }

/** An entry of the ledger while the harness works with it; a report holds it as a {@link LedgerEntry}. */
export interface Entry extends Omit<LedgerEntry, 'target' | 'peer'> {
  target: Target
  /** The app holds a lock on it. */
  locked?: true
}

/** What `/proc/PID/fd/N` links to; sockets are described by the kernel's tables of them instead. */
export function targetOfLink(link: string): Target {
  const pipe = /^pipe:\[(\d+)\]$/.exec(link)?.[1]
  if (pipe !== undefined) return { is: 'pipe', inode: Number(pipe) }
  const socket = /^socket:\[(\d+)\]$/.exec(link)?.[1]
  if (socket !== undefined) return { is: 'socket', inode: Number(socket) }
  const kind = /^anon_inode:\[?([^\]]*)\]?/.exec(link)?.[1]
  if (kind !== undefined) return { is: 'anon', kind, link }
  if (!link.startsWith('/')) return { is: 'other', link }
  const deleted = link.endsWith(DELETED)
  return { is: 'file', path: deleted ? link.slice(0, -DELETED.length) : link, deleted }
}

const DELETED = ' (deleted)'

/** The report's word for it: `tcp 0.0.0.0:8080 listening`, a path, `anon_inode:[eventpoll]`. */
export function describe(target: Target): string {
  switch (target.is) {
    case 'tcp':
    case 'udp':
      return `${target.is} ${hostAndPort(target.local)}${target.listening ? ' listening' : ''}`
    case 'unix':
      return `unix ${target.name ?? 'unnamed'}${target.listening ? ' listening' : ''}`
    case 'socket':
      return target.inode === null ? 'socket, neither bound nor connected' : `socket:[${target.inode}]`
    case 'file':
      return target.deleted ? `${target.path}${DELETED}` : target.path
    case 'pipe':
      return `pipe:[${target.inode}]`
    default:
      return target.link
  }
}

export const sameTarget = (one: Target, other: Target): boolean => describe(one) === describe(other)

/** The report's word for a socket's other end; null where there is none, or none with a name. */
export function describePeer(target: Target): string | null {
  if (target.is === 'unix') return target.peer
  return (target.is === 'tcp' || target.is === 'udp') && target.remote !== null
    ? hostAndPort(target.remote)
    : null
}

/** An entry as the report keeps it, in the order of its schema. */
export function toLedgerEntry({ fd, kind, target, locked: _locked, ...more }: Entry): LedgerEntry {
  return { fd, kind, target: describe(target), peer: describePeer(target), ...more }
}
