import { nameSources } from '../blockers/classes/classes.js'
import type { Host } from '../host/host.js'
import type { LedgerReading } from '../ledger/ledger.js'
import { classIndexOf } from '../run/to-report.js'
import type { Evidence, LedgerEntry } from '../model/report.js'
import type { Grouping, LedgerGroup } from '../../reports/terminal/groups.js'
import { groupLedger } from './groups.js'

/** What a trace has to tell. */
export interface Traced {
  name: string
  descriptors: LedgerEntry[]
  groups: LedgerGroup[]
  evidence: Evidence
}

/** Names sources and owners; to be done while the app's files can still be read. */
export async function toTraced(
  name: string,
  by: Grouping,
  found: {
    reading: LedgerReading
    properties: Map<string, string>
    place: { root: string | null; host: Host }
  },
): Promise<Traced> {
  const { reading, properties, place } = found
  const index = await classIndexOf(reading, properties, place)
  const descriptors = await nameSources(reading.entries, index)
  return {
    name,
    descriptors,
    groups: await groupLedger(descriptors, by, index),
    evidence: reading.evidence,
  }
}
