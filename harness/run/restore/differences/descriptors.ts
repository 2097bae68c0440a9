import { ownerFrame } from '../../../blockers/owner.js'
import type { ClassIndex } from '../../../blockers/classes/classes.js'
import type { LedgerReading } from '../../../ledger/ledger.js'
import { formatFrame } from '../../../model/report.js'
import type { Difference } from '../../../model/restoration.js'
import { describe, describePeer, type Entry } from '../../../model/target.js'
import { difference } from './difference.js'

/** The ledger before the first callback, in the image, and when the last callback had run. */
export interface Ledgers {
  before: LedgerReading
  judged: LedgerReading
  after: LedgerReading
}

/** Descriptors by what they lead to: which came back, by whose line, which did not, and which are new. */
export async function descriptorDifferences(
  { before, judged, after }: Ledgers,
  onUse: readonly string[],
  index: ClassIndex,
): Promise<Difference[]> {
  const [old, held, now] = [named(before), named(judged), named(after)]
  const found: Difference[] = []
  for (const [what, entries] of now) {
    const fresh = entries.slice((held.get(what) ?? []).length)
    const gone = Math.max(0, (old.get(what) ?? []).length - (held.get(what) ?? []).length)
    for (const [i, entry] of fresh.entries())
      found.push(await opened(what, entry, i < gone ? 'restored' : 'new', index))
  }
  for (const [what, entries] of old)
    for (const entry of entries.slice((now.get(what) ?? []).length))
      if (!onUse.includes(describe(entry.target))) found.push(missing(what, entry))
  return found
}

async function opened(
  what: string,
  entry: Entry,
  change: 'restored' | 'new',
  index: ClassIndex,
): Promise<Difference> {
  const stack = (entry.listened ?? entry.connected ?? entry.origin)?.java ?? []
  const owner = await ownerFrame(stack, index)
  const frame = owner === null ? null : formatFrame(owner)
  const by = frame === null ? '' : ` by ${frame}`
  const text =
    change === 'restored'
      ? `${what} was opened again${by}`
      : `${what} is new, opened${by || ' by unknown code'}`
  return difference({ kind: kindOf(entry), change, what, frame, text })
}

const missing = (what: string, entry: Entry): Difference =>
  difference({ kind: kindOf(entry), change: 'missing', what, text: `${what} was not opened again` })

/** Connections that were in the image: their other ends have not waited. */
export async function connectionDifferences(
  { judged, after }: Ledgers,
  index: ClassIndex,
): Promise<Difference[]> {
  const now = new Map(after.entries.map((entry) => [entry.fd, entry.target]))
  const closed = judged.entries.filter(({ fd, target }) => {
    const then = now.get(fd)
    return isConnected(target) && (then?.is === 'socket' || then?.is === 'tcp') && !isConnected(then)
  })
  return await Promise.all(
    closed.map(async (entry) => {
      const owner = await ownerFrame((entry.connected ?? entry.origin)?.java ?? [], index)
      const frame = owner === null ? null : formatFrame(owner)
      const what = nameOf(entry) ?? describe(entry.target)
      const text = `${what} was open in the image and came back closed${frame === null ? '' : `; it was made by ${frame}`}`
      return difference({ kind: 'connection', change: 'closed', what, frame, text })
    }),
  )
}

const isConnected = (target: Entry['target']): boolean => target.is === 'tcp' && target.remote !== null

const kindOf = ({ target }: Entry): 'listener' | 'descriptor' =>
  (target.is === 'tcp' || target.is === 'unix') && target.listening ? 'listener' : 'descriptor'

/** By the name under which each can be opened again; what has none can't be told from its like. */
function named({ entries }: LedgerReading): Map<string, Entry[]> {
  const all = new Map<string, Entry[]>()
  for (const entry of entries) {
    // An accepted connection is its client's to open again.
    const name = entry.fd <= 2 || entry.listener !== null ? null : nameOf(entry)
    if (name !== null) all.set(name, [...(all.get(name) ?? []), entry])
  }
  return all
}

function nameOf({ target }: Entry): string | null {
  if (target.is === 'file') return describe(target)
  // The attach listener's is the harness's doing.
  if (target.is === 'unix') return target.name?.includes('.java_pid') === false ? describe(target) : null
  if (target.is !== 'tcp' && target.is !== 'udp') return null
  // An end that the app connects anew has another port of its own.
  return target.remote === null ? describe(target) : `${target.is} to ${describePeer(target) ?? ''}`
}
