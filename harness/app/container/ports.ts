import { existsSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { AppError } from '../../model/errors.js'
import { listenersOn, parseInternetTable } from '../../host/procfs/net.js'

/** The engine's machine, as far as ports that it publishes are concerned. */
export interface PublishedOn {
  /** How it is reached from here. */
  host: string
  /** Whether its address says that it is another machine. */
  other: boolean
}

/** How a container is reached, as the engine says it: what its ports are published on, and its machine's own addresses. */
export interface Published {
  ports: Partial<Record<string, { HostIp: string; HostPort: string }[] | null>>
  gateways: string[]
  /** The container's own in its networks. */
  addresses: string[]
}

/** The ports that need another way than the network. */
export const unreachable = (published: Published, on: PublishedOn): number[] =>
  Object.keys(published.ports)
    .filter((name) => name.endsWith('/tcp') && published.ports[name]?.[0] !== undefined)
    .map((name) => parseInt(name))
    .filter((port) => reach(published, port, on) === null)

const ANY = /^(0\.0\.0\.0|::|)$/
const LOOPBACK = /^(127\.|::1)/

/** Where a port of a container can be reached from here; null where it is published on another machine's loopback address. */
export function reach(
  { ports, gateways }: Published,
  port: number,
  on: PublishedOn,
): { host: string; port: number } | null {
  const binding = ports[`${port}/tcp`]?.[0]
  if (binding === undefined)
    throw new AppError(
      'WARM_UP_FAILED',
      `Port ${port} of the container can't be reached from here. Add it to "ports" (--port ${port}).`,
    )
  const published = Number(binding.HostPort)
  const host = hostOf(binding.HostIp, { published, gateways, on })
  return host === null ? null : { host, port: published }
}

function hostOf(
  address: string,
  { published, gateways, on }: { published: number; gateways: string[]; on: PublishedOn },
): string | null {
  const any = ANY.test(address)
  if (!any && !LOOPBACK.test(address)) return address
  if (!on.other && (isHeardHere(published) || areOurs(gateways))) return any ? '127.0.0.1' : address
  return any ? on.host : null
}

/**
 * Whether somebody listens on a port in the harness's own network. The engine, or who forwards for it, does so from the
 * container's start on; one whose socket was mounted into the harness's container does it on another network.
 */
const isHeardHere = (port: number): boolean =>
  ['/proc/self/net/tcp', '/proc/self/net/tcp6']
    // A kernel without IPv6 has no table for it.
    .filter((table) => existsSync(table))
    .some((table) => listenersOn(parseInternetTable(readFileSync(table, 'utf8')), port).length > 0)

/** An engine that forwards by the kernel alone has nobody listen, but this machine then is the container's gateway. */
const areOurs = (gateways: string[]): boolean =>
  Object.values(networkInterfaces())
    .flat()
    .some((own) => own !== undefined && gateways.includes(own.address))
