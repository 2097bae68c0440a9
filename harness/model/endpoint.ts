/** One end of a socket. `host` is null where it is not known; that and a wildcard agree with every host. */
export interface Endpoint {
  host: string | null
  port: number
  /** What the app called the host, where it asked for a name. */
  name: string | null
}

/** Both ends of a socket that has ports; `remote` is null where it is not connected. */
export interface Ends {
  local: Endpoint | null
  remote: Endpoint | null
}

/** Both ends as a JVM prints them; null where it does not know one. */
export interface Address {
  local: string | null
  remote: string | null
}

/** `/[0:0:0:0:0:0:0:0]:8080`, `db/10.0.0.1:5432`, `:50394`, `[::1]:80`; null where there is no port, or port 0. */
export function endpoint(text: string | null): Endpoint | null {
  const end = anyEndpoint(text)
  return end === null || end.port === 0 ? null : end
}

/** A listening Socket prints the address that it is bound to where the other end's would stand, with port 0. */
export function endsOf(address: Address | null): Ends {
  const local = endpoint(address?.local ?? null)
  const remote = anyEndpoint(address?.remote ?? null)
  if (remote?.port !== 0) return { local, remote }
  return { local: local?.host === null ? { ...local, host: remote.host } : local, remote: null }
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function hostAndPort({ host, port }: Endpoint): string {
  return `${host?.includes(':') === true ? `[${host}]` : (host ?? '')}:${port}`
}

const WILDCARDS = new Set(['0.0.0.0', '::', '*'])

/** True when the socket with the `known` ends can be the one that was asked for: what both know must agree. */
export function agree(asked: Ends, known: Ends): boolean {
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

/** The same with port 0, too. */
export function anyEndpoint(text: string | null): Endpoint | null {
  const parts = text === null ? null : /^(.*):(\d+)$/.exec(text.trim())
  if (!parts) return null
  const printed = parts[1] ?? ''
  const host = plainHost(
    printed
      .replace(/^.*\//, '')
      .replace(/^\[|\]$/g, '')
      .split('%', 1)
      .join(''),
  )
  return {
    host: host === '' ? null : host,
    port: Number(parts[2]),
    name: /^([^/[\]]+)\//.exec(printed)?.[1] ?? null,
  }
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
