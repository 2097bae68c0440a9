import { nameSources } from '../blockers/classes/sources.js'
import type { Host } from '../host/host.js'
import type { LedgerReading } from '../ledger/ledger.js'
import type { Answer, Grouping } from '../model/answer.js'
import { count } from '../model/text.js'
import { classIndexOf, codeOn } from '../run/to-report.js'
import { toLedgerEntry } from '../model/target.js'
import { groupLedger } from './groups.js'

/** A trace asks for no checkpoint: its answer has a ledger and no verdict. Names sources and owners; to be done while the app's files can still be read. */
export async function toAnswer(
  name: string,
  by: Grouping,
  found: {
    reading: LedgerReading
    properties: Map<string, string>
    place: { root: string | null; host: Host }
  },
): Promise<Answer> {
  const { reading, properties, place } = found
  const index = await classIndexOf(reading, properties, place)
  const entries = await nameSources(reading.entries, index)
  return {
    command: 'trace',
    name,
    verdict: null,
    headline: count(entries.length, 'live descriptor'),
    assumed: null,
    note: null,
    blockers: [],
    known: null,
    descriptors: entries.map(toLedgerEntry),
    ...(await codeOn(entries, reading.closed, index)),
    groups: await groupLedger(entries, by, index),
    evidence: reading.evidence,
    run: null,
  }
}
