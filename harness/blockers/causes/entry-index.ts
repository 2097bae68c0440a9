import type { Ends } from '../../model/endpoint.js'
import type { Finding } from '../../model/finding.js'
import { addTo } from '../../model/lists.js'
import { describe, type Entry } from '../../model/target.js'
import { endpointsOf } from './addresses.js'
import { endsIn, pathOf } from './subjects.js'

/** The ledger's entries by all that a finding may know of them, each list in the order of their numbers. */
export class EntryIndex {
  private readonly byFd = new Map<number, Entry[]>()
  private readonly byTarget = new Map<string, Entry[]>()
  private readonly byPort = new Map<string, Entry[]>()
  private readonly byName = new Map<string, Entry[]>()

  constructor(readonly entries: readonly Entry[]) {
    for (const entry of entries) {
      const { target, kind } = entry
      addTo(this.byFd, entry.fd, entry)
      addTo(this.byTarget, describe(target), entry)
      if (target.is === 'file') addTo(this.byName, lastName(target.path), entry)
      if (kind !== 'socket') continue
      const { local, remote } = endpointsOf(entry)
      if (local) addTo(this.byPort, `local ${local.port}`, entry)
      if (remote) addTo(this.byPort, `remote ${remote.port}`, entry)
    }
  }

  ofNumber(fd: number): readonly Entry[] {
    return this.byFd.get(fd) ?? []
  }

  /** Those that lead to the same thing as one of these. */
  leadingWith(some: readonly Entry[]): Entry[] {
    const targets = new Set(some.map(({ target }) => describe(target)))
    return [...targets].flatMap((target) => this.byTarget.get(target) ?? []).sort((a, b) => a.fd - b.fd)
  }

  /** The sockets that may have these ends. */
  at({ local, remote }: Ends): readonly Entry[] {
    if (local) return this.byPort.get(`local ${local.port}`) ?? []
    return remote ? (this.byPort.get(`remote ${remote.port}`) ?? []) : this.entries
  }

  /** All entries that can fit a finding, and as few others as may be. */
  around(finding: Finding): readonly Entry[] {
    const ends = endsIn(finding)
    if (ends.local || ends.remote) return this.at(ends)
    if (finding.subject.is === 'link') return this.byTarget.get(describe(finding.subject.target)) ?? []
    const path = pathOf(finding)
    if (path === null) return []
    const name = lastName(path.replace(/ \(deleted\)$/, ''))
    // What such a name stands for is known only to who resolves the whole path.
    return /^\.{0,2}$/.test(name) ? this.entries : (this.byName.get(name) ?? [])
  }
}

const lastName = (path: string): string => path.split('/').findLast((name) => name !== '') ?? ''
