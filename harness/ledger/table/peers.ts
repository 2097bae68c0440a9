import { join } from 'node:path'
import { z } from 'zod'
import { execute } from '../../host/execute.js'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { probesFolder } from '../../host/package-root.js'
import type { Endpoint } from '../../model/endpoint.js'
import { addTo } from '../../model/lists.js'
import type { PeerHolder } from '../../model/report.js'
import type { LiveFile } from '../records.js'
import { nameOf, THROUGH_SIDECAR, unreadable } from './other-ends.js'
import { readSockets, type SocketDescription } from './sockets.js'

/** The sockets of a process with who is at their other ends, and why that is not known of some. */
export interface KnownPeers {
  sockets: Map<number, SocketDescription>
  trouble: string | null
}

/** The lines of `probes/peers`, as its README documents them. */
const lineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('peer'), inode: z.number(), peer: z.number() }),
  z.strictObject({ type: z.literal('holder'), inode: z.number(), pid: z.number(), fd: z.number() }),
  z.strictObject({ type: z.literal('error'), doing: z.string(), message: z.string() }),
  z.strictObject({ type: z.literal('end'), hidden: z.number() }),
])

/** Adds the other ends: of unix sockets as the kernel's sock_diag knows them, of TCP connections within this machine. */
export async function addPeers(
  pid: number,
  live: LiveFile[],
  sockets: Map<number, SocketDescription>,
  host: Host = localHost,
): Promise<KnownPeers> {
  const own = new Map(
    live.flatMap(({ inode }) => {
      const socket = sockets.get(inode)
      return socket === undefined ? [] : [[inode, socket] as const]
    }),
  )
  const peers = await tcpPeers(pid, own, sockets, host)
  const isUnix = [...own.values()].some(({ target }) => target.is === 'unix')
  if (!isUnix && peers.size === 0) return { sockets, trouble: null }
  const told = await ask(pid, [...new Set(peers.values())], host)
  for (const [inode, peer] of told.peers) peers.set(inode, peer)
  const described = new Map(sockets)
  for (const [inode, peer] of peers) {
    const socket = own.get(inode)
    if (socket === undefined) continue
    const other = sockets.get(peer)?.target
    const { target } = socket
    const named = target.is === 'unix' && other?.is === 'unix' ? { ...target, peer: other.name } : target
    described.set(inode, { target: named, holders: told.holders.get(peer) ?? [] })
  }
  return { sockets: described, trouble: isUnix ? told.trouble : null }
}

/** The other ends of connections within one machine: the sockets whose addresses are the same the other way round. */
async function tcpPeers(
  pid: number,
  own: Map<number, SocketDescription>,
  sockets: Map<number, SocketDescription>,
  host: Host,
): Promise<Map<number, number>> {
  const connected = [...own].flatMap(([inode, { target }]) =>
    target.is === 'tcp' && target.remote !== null
      ? [{ inode, local: target.local, remote: target.remote }]
      : [],
  )
  if (connected.length === 0) return new Map()
  const here = endsOf(sockets)
  const outside = (await isElsewhere(pid, host)) ? endsOf(await readSockets(process.pid)) : here
  return new Map(
    connected.flatMap(({ inode, local, remote }) => {
      const other = keyOf(remote, local)
      // Each network namespace has a 127.0.0.1 of its own.
      const found =
        here.get(other) ?? (/^127\.|^::1$/.test(remote.host ?? '') ? undefined : outside.get(other))
      return found === undefined ? [] : [[inode, found]]
    }),
  )
}

const endsOf = (sockets: Map<number, SocketDescription>): Map<string, number> =>
  new Map(
    [...sockets].flatMap(([inode, { target }]) =>
      target.is === 'tcp' && target.remote !== null ? [[keyOf(target.local, target.remote), inode]] : [],
    ),
  )

const keyOf = (local: Endpoint, remote: Endpoint): string =>
  [local, remote].map(({ host, port }) => `${host ?? ''} ${port}`).join(' ')

async function isElsewhere(pid: number, host: Host): Promise<boolean> {
  const network = (host: Host, of: number | 'self') => host.readlink(`/proc/${of}/ns/net`).catch(() => '')
  return (await network(host, pid)) !== (await network(localHost, 'self'))
}

interface Answer {
  peers: Map<number, number>
  holders: Map<number, PeerHolder[]>
  trouble: string | null
}

async function ask(pid: number, inodes: number[], host: Host): Promise<Answer> {
  const answer: Answer = { peers: new Map(), holders: new Map(), trouble: null }
  if (host !== localHost)
    return {
      ...answer,
      trouble: THROUGH_SIDECAR,
    }
  const binary = join(probesFolder, 'peers')
  const run = await execute()
  const { stdout, failed, shortMessage } = await run(binary, [String(pid)], {
    input: inodes.map((inode) => `${inode}\n`).join(''),
    reject: false,
    timeout: 5000,
  })
  if (failed) return { ...answer, trouble: shortMessage ?? 'the probe has failed' }
  for (const text of stdout.split('\n').filter(Boolean)) {
    const line = lineSchema.parse(JSON.parse(text))
    if (line.type === 'peer') answer.peers.set(line.inode, line.peer)
    else if (line.type === 'error') answer.trouble ??= `${line.doing}: ${line.message}`
    else if (line.type === 'end' && line.hidden > 0) answer.trouble ??= unreadable(line.hidden)
    else if (line.type === 'holder') {
      const { fd } = line
      const holder = {
        pid: line.pid,
        name: await nameOf(line.pid, host),
        fd,
        own: line.pid === pid,
        end: null,
      }
      addTo(answer.holders, line.inode, holder)
    }
  }
  return answer
}
