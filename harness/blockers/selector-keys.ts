import { agree, type Ends } from '../model/endpoint.js'
import type { FoundBlocker } from '../model/finding.js'
import type { Entry } from '../model/target.js'
import { endpointsOf } from './causes/addresses.js'
import { EntryIndex } from './causes/entry-index.js'

/**
 * Adds the channels that a busy selector names to what its epoll set watches: a channel that was registered since the
 * last select is known to Java, but not to the kernel yet.
 */
export function addRegistered(ledger: Entry[], blockers: FoundBlocker[]): Entry[] {
  const added = new Map<number, number[]>()
  const index = new EntryIndex(ledger)
  for (const { findings, descriptors } of blockers) {
    const selectors = descriptors
      .flatMap((fd) => index.ofNumber(fd))
      .filter(({ kind }) => kind === 'eventpoll')
    const named = findings.flatMap(({ subject }) =>
      subject.is === 'busy-selector' ? subject.channels.flatMap(({ ends }) => ends ?? []) : [],
    )
    const [selector] = selectors
    // Of several selectors of one blocker nobody can tell which a finding speaks of.
    if (selector === undefined || selectors.length > 1) continue
    added.set(
      selector.fd,
      named.flatMap((ends) => only(index, ends)),
    )
  }
  return ledger.map((entry) => {
    const watches = [...new Set([...entry.watches, ...(added.get(entry.fd) ?? [])])]
    return { ...entry, watches: watches.sort((a, b) => a - b) }
  })
}

function only(index: EntryIndex, ends: Ends): number[] {
  const fitting = index.at(ends).filter((entry) => entry.kind === 'socket' && agree(ends, endpointsOf(entry)))
  return fitting.length === 1 ? fitting.map(({ fd }) => fd) : []
}
