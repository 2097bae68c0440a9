import type { Watched } from '../../host/procfs/fds.js'
import { addTo } from '../../model/lists.js'
import { describe, type Entry, type Target } from '../../model/target.js'
import { watching } from './epoll.js'
import type { LiveFile } from '../records.js'

/** Adds to each entry what it has to do with others: the listener that it was accepted from, what it watches. */
export function linkEntries(entries: Entry[], live: LiveFile[], watches: Map<number, Watched[]>): Entry[] {
  const listeners = new Map<string, Entry[]>()
  for (const entry of entries) {
    const { target } = entry
    if ((target.is !== 'tcp' && target.is !== 'unix') || !target.listening) continue
    const address = describe({ ...target, listening: false })
    addTo(listeners, address, entry)
  }
  const inodes = new Map(live.map(({ fd, inode }) => [fd, inode]))
  const watchedBy = watching(live)
  return entries.map((entry) => {
    const watched = watches.get(entry.fd)
    return {
      ...entry,
      listener: listenerOf(entry, listeners, inodes),
      watches: watched === undefined ? [] : watchedBy(watched),
    }
  })
}

/**
 * An accepted socket has its listener's address, or one of those that a wildcard stands for. Several sockets that listen
 * on one address (SO_REUSEPORT) can't be told apart; several numbers of one listener are one.
 */
function listenerOf(
  { origin, target }: Entry,
  listeners: Map<string, Entry[]>,
  inodes: Map<number, number>,
): number | null {
  if (!/^accept4?$/.test(origin?.syscall ?? '')) return null
  if (target.is !== 'tcp' && target.is !== 'unix') return null
  const at = (host: string): Target =>
    target.is === 'tcp' ? { ...target, local: { ...target.local, host } } : target
  for (const address of [target, at('0.0.0.0'), at('::')]) {
    const found = listeners.get(describe(address)) ?? []
    if (found.length === 0) continue
    return new Set(found.map(({ fd }) => inodes.get(fd))).size === 1 ? (found[0]?.fd ?? null) : null
  }
  return null
}
