import type { LedgerEntry } from '../../model/report.js'
import type { Watched } from '../../host/procfs/fds.js'
import { watchedBy } from './epoll.js'
import type { LiveFile } from '../records.js'

/** Adds to each entry what it has to do with others: the listener that it was accepted from, what it watches. */
export function linkEntries(
  entries: LedgerEntry[],
  live: LiveFile[],
  watches: Map<number, Watched[]>,
): LedgerEntry[] {
  const listeners = new Map<string, LedgerEntry[]>()
  for (const entry of entries) {
    const address = /^((?:tcp|unix) .*) listening$/.exec(entry.target)?.[1]
    if (address === undefined) continue
    const known = listeners.get(address)
    if (known) known.push(entry)
    else listeners.set(address, [entry])
  }
  const inodes = new Map(live.map(({ fd, inode }) => [fd, inode]))
  return entries.map((entry) => {
    const watched = watches.get(entry.fd)
    return {
      ...entry,
      listener: listenerOf(entry, listeners, inodes),
      watches: watched === undefined ? [] : watchedBy(watched, live),
    }
  })
}

/**
 * An accepted socket has its listener's address, or one of those that a wildcard stands for. Several sockets that listen
 * on one address (SO_REUSEPORT) can't be told apart; several numbers of one listener are one.
 */
function listenerOf(
  { origin, target }: LedgerEntry,
  listeners: Map<string, LedgerEntry[]>,
  inodes: Map<number, number>,
): number | null {
  if (!/^accept4?$/.test(origin?.syscall ?? '')) return null
  const port = /^tcp .*(:\d+)$/.exec(target)?.[1]
  const addresses = port === undefined ? [target] : [target, `tcp 0.0.0.0${port}`, `tcp [::]${port}`]
  for (const address of addresses) {
    const found = listeners.get(address) ?? []
    if (found.length === 0) continue
    return new Set(found.map(({ fd }) => inodes.get(fd))).size === 1 ? (found[0]?.fd ?? null) : null
  }
  return null
}
