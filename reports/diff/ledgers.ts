import type { LedgerEntry } from '../../harness/model/report.js'
import type { LedgerReport } from '../../harness/model/ledger.js'
import { formatFrame } from '../../harness/model/text.js'
import { notACommand, printable } from '../parts/escape.js'
import { isJdkFrame } from '../parts/stacks.js'
import { tableLines } from '../terminal/table.js'

/** What one site holds in a ledger and did not in another, and the other way round. */
interface SiteChange {
  site: string
  added: LedgerEntry[]
  gone: LedgerEntry[]
}

export interface LedgerComparison {
  before: number
  after: number
  same: number
  /** Only sites where something has changed; the one that grew most is first. */
  sites: SiteChange[]
}

/**
 * Compares two ledgers of one app. What has the same number, kind and target is the same descriptor; of the others those
 * are alike that lead to the same from the same site, as in two runs.
 */
export function compareLedgers(before: LedgerReport, after: LedgerReport): LedgerComparison {
  const exact = pairs(before.descriptors, after.descriptors, ({ fd, kind, target }) =>
    JSON.stringify([fd, kind, target]),
  )
  const alike = pairs(exact.gone, exact.added, (entry) =>
    JSON.stringify([entry.kind, entry.target, siteOf(entry)]),
  )
  const sites = new Map<string, SiteChange>()
  const at = (entry: LedgerEntry): SiteChange => {
    const site = siteOf(entry)
    const known = sites.get(site) ?? { site, added: [], gone: [] }
    sites.set(site, known)
    return known
  }
  for (const entry of alike.added) at(entry).added.push(entry)
  for (const entry of alike.gone) at(entry).gone.push(entry)
  const growth = ({ added, gone }: SiteChange) => added.length - gone.length
  return {
    before: before.descriptors.length,
    after: after.descriptors.length,
    same: after.descriptors.length - alike.added.length,
    sites: [...sites.values()].sort((a, b) => growth(b) - growth(a) || (a.site < b.site ? -1 : 1)),
  }
}

/** Takes out of both lists what is equal in one and the other, each only once. */
function pairs(
  before: readonly LedgerEntry[],
  after: readonly LedgerEntry[],
  keyOf: (entry: LedgerEntry) => string,
): { added: LedgerEntry[]; gone: LedgerEntry[] } {
  const left = new Map<string, LedgerEntry[]>()
  for (const entry of before) left.set(keyOf(entry), [...(left.get(keyOf(entry)) ?? []), entry])
  const added = after.filter((entry) => left.get(keyOf(entry))?.shift() === undefined)
  return { added, gone: [...left.values()].flat() }
}

/** The innermost line that is not the JDK's, of whichever call has one; else the JDK's, or why there is none. */
function siteOf({ origin, bound, listened, connected, missing }: LedgerEntry): string {
  const frames = [origin, bound, listened, connected].flatMap((each) => each?.java ?? [])
  const frame = frames.find((each) => !isJdkFrame(each)) ?? frames[0]
  return frame === undefined ? `(${missing ?? 'not known'})` : formatFrame(frame)
}

export function renderLedgerComparison(
  { before, after, same, sites }: LedgerComparison,
  width: number,
): string {
  const sum = (of: 'added' | 'gone') => sites.reduce((total, each) => total + each[of].length, 0)
  const headline = `${before} descriptors before, ${after} after: ${sum('added')} new, ${sum('gone')} gone, ${same} as before`
  if (sites.length === 0) return `${headline}\n`
  const rows = sites.map(({ site, added, gone }) => [
    added.length > 0 ? `+${added.length}` : '',
    gone.length > 0 ? `-${gone.length}` : '',
    printable(site),
    printable([...new Set([...added, ...gone].map(({ kind, target }) => `${kind} ${target}`))].join(', ')),
  ])
  return notACommand(
    `${[headline, '', ...tableLines(['NEW', 'GONE', 'SITE', 'WHAT'], rows, { width, fixed: 2 })].join('\n')}\n`,
  )
}
