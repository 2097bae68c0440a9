import type { Blocker, LedgerEntry } from '../model/report.js'
import { agree, endpoint, endpointsOf, type Endpoints } from './causes/addresses.js'

/**
 * Adds the channels that a busy selector names to what its epoll set watches: a channel that was registered since the
 * last select is known to Java, but not to the kernel yet.
 */
export function addRegistered(ledger: LedgerEntry[], blockers: Blocker[]): LedgerEntry[] {
  const added = new Map<number, number[]>()
  for (const { findings, descriptors } of blockers) {
    const selectors = ledger.filter(({ fd, kind }) => kind === 'eventpoll' && descriptors.includes(fd))
    const named = findings.flatMap(({ message }) => channelsIn(message))
    const [selector] = selectors
    // Of several selectors of one blocker nobody can tell which a finding speaks of.
    if (selector === undefined || selectors.length > 1) continue
    added.set(
      selector.fd,
      named.flatMap((ends) => only(ledger, ends)),
    )
  }
  return ledger.map((entry) => {
    const watches = [...new Set([...entry.watches, ...(added.get(entry.fd) ?? [])])]
    return { ...entry, watches: watches.sort((a, b) => a - b) }
  })
}

/** `… registered keys from channels: [sun.nio.ch.ServerSocketChannelImpl[/127.0.0.1:80], …]` */
function channelsIn(message: string): Endpoints[] {
  const list = /has registered keys from channels: \[(.*)\]$/s.exec(message)?.[1] ?? ''
  return [...list.matchAll(/\b\w*ChannelImpl\[(?:connected )?([^[\]]*(?:\[[^[\]]*\][^[\]]*)*)\]/g)].flatMap(
    ([, text]) => {
      const ends = /local=(\S+?),? remote=(\S+)$/.exec(text ?? '')
      const [local, remote] = [endpoint(ends?.[1] ?? text ?? null), endpoint(ends?.[2] ?? null)]
      return local === null ? [] : [{ local, remote }]
    },
  )
}

function only(ledger: LedgerEntry[], ends: Endpoints): number[] {
  const fitting = ledger.filter((entry) => entry.kind === 'socket' && agree(ends, endpointsOf(entry)))
  return fitting.length === 1 ? fitting.map(({ fd }) => fd) : []
}
