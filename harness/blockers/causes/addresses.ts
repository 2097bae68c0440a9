import type { Finding } from '../../model/finding.js'
import type { LedgerEntry } from '../../model/report.js'

/** One end of a socket. `host` is null where it is not known; that and a wildcard agree with every host. */
export interface Endpoint {
  host: string | null
  port: number
}

/** Both ends of a socket that has ports; `remote` is null where it is not connected. */
export interface Endpoints {
  local: Endpoint | null
  remote: Endpoint | null
}

const WILDCARDS = new Set(['0.0.0.0', '::', '*'])

/** `/[0:0:0:0:0:0:0:0]:8080`, `db/10.0.0.1:5432`, `:50394`, `[::1]:80`; null where there is no port, or port 0. */
export function endpoint(text: string | null): Endpoint | null {
  const parts = text === null ? null : /^(.*):(\d+)$/.exec(text.trim())
  const port = Number(parts?.[2])
  if (!parts || !(port > 0)) return null
  const afterName = (parts[1] ?? '').replace(/^.*\//, '')
  const host = plainHost(afterName.replace(/^\[|\]$/g, '').replace(/%.*$/, ''))
  return { host: host === '' ? null : host, port }
}

/** The shortest form of an IPv6 address, and IPv4 where that is what it means. */
function plainHost(host: string): string {
  if (!host.includes(':')) return host
  try {
    const short = new URL(`http://[${host}]`).hostname.slice(1, -1)
    const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(short)
    if (!mapped) return short
    const words = [parseInt(mapped[1] ?? '', 16), parseInt(mapped[2] ?? '', 16)]
    return words.flatMap((word) => [word >> 8, word & 255]).join('.')
  } catch {
    return host
  }
}

/** The ends of a socket of the ledger: `tcp 127.0.0.1:8080 listening` and its peer. */
export function endpointsOf(entry: LedgerEntry): Endpoints {
  const local = /^(?:tcp|udp)\S* (\S+)/.exec(entry.target)?.[1] ?? null
  // The path of a unix socket may end like an address.
  const remote = entry.target.startsWith('unix ') ? null : entry.peer
  return { local: endpoint(local), remote: endpoint(remote) }
}

/** The ends that a finding names. */
export function endsOf({ address, message }: Finding): Endpoints {
  const local = endpoint(address?.local ?? null)
  const remote = endpoint(address?.remote ?? null)
  // A listening Socket or ServerSocket prints the address that it is bound to as `addr`, with port 0.
  const bound = /^(?:java\.net\.)?(?:Server)?Socket\[addr=([^,\]]*),(?:port=0,)?localport=(\d+)\]/.exec(
    message,
  )
  if (bound) return { local: endpoint(`${bound[1] ?? ''}:${bound[2] ?? ''}`), remote: null }
  return { local, remote }
}

/** True for a server socket: the kernel says so, or somebody called listen on it. */
export function isListening(entry: LedgerEntry): boolean {
  return entry.kind === 'socket' && (entry.listened !== null || entry.target.endsWith(' listening'))
}

/** True when the socket of the ledger can be the one with these ends: what both know must agree. */
export function agree(asked: Endpoints, known: Endpoints): boolean {
  if ((asked.remote === null) !== (known.remote === null)) return false
  return sameEnd(asked.local, known.local) && sameEnd(asked.remote, known.remote)
}

function sameEnd(asked: Endpoint | null, known: Endpoint | null): boolean {
  if (asked === null || known === null) return asked === null
  return asked.port === known.port && sameHost(asked.host, known.host)
}

/** A host name that nobody resolved for us says nothing about an address. */
function sameHost(one: string | null, other: string | null): boolean {
  if (one === null || other === null || WILDCARDS.has(one) || WILDCARDS.has(other)) return true
  const isAddress = (host: string) => /^[\d.]+$|:/.test(host)
  return one === other || !isAddress(one) || !isAddress(other)
}
