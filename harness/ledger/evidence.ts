import type { Evidence } from '../model/report.js'
import type { Entry } from '../model/target.js'
import type { LiveFile, TracerRecord } from './records.js'
import type { Sample } from './observers/profiler/samples.js'

/** What a ledger was made of, to be counted. */
export interface Counted {
  tracer: Evidence['tracer']
  records: TracerRecord[]
  samples: Map<TracerRecord, Sample>
  /** The live table and its entries, in one order. */
  live: LiveFile[]
  entries: Entry[]
  losses: Evidence['losses']
  /** What is to be said of how it came about, where there is anything. */
  notes: (string | null | undefined)[]
}

export const noLosses: Evidence['losses'] = { noRoom: 0, unpaired: 0, missed: 0 }

/** States in which a stack was to be had, and none has come. */
const ASKED = new Set<TracerRecord['sample']>(['sent', 'pending', 'hooked', 'no-room'])

/** Says how complete a ledger is: nothing that is missing goes uncounted. */
export function countEvidence(counted: Counted): Evidence {
  const { tracer, records, samples, live, entries, losses, notes } = counted
  const unsampled = records.filter((record) => !samples.has(record))
  const told = [...new Set(notes.filter((note) => typeof note === 'string'))]
  return {
    tracer,
    records: records.length,
    sampled: records.length - unsampled.length,
    unsampled: unsampled.length,
    lost: losses.noRoom + losses.unpaired + losses.missed,
    losses,
    lostSamples: unsampled.filter(({ sample }) => ASKED.has(sample)).length,
    withoutOrigin: countWithoutOrigin(entries, live),
    note: told.length > 0 ? told.join('; ') : null,
  }
}

/** Two observers of one table: what either has lost is lost, what one of them knows is known. */
export function mergeEvidence(
  kernel: Evidence,
  preload: Evidence,
  merged: Pick<Counted, 'entries' | 'live' | 'notes'>,
): Evidence {
  const notes = merged.notes.filter((note) => typeof note === 'string')
  const sum = (what: keyof Evidence['losses']): number => kernel.losses[what] + preload.losses[what]
  return {
    ...kernel,
    tracer: 'both',
    lost: kernel.lost + preload.lost,
    losses: { noRoom: sum('noRoom'), unpaired: sum('unpaired'), missed: sum('missed') },
    withoutOrigin: countWithoutOrigin(merged.entries, merged.live),
    note: notes.length > 0 ? notes.join('; ') : null,
  }
}

const countWithoutOrigin = (entries: Entry[], live: LiveFile[]): number =>
  entries.filter(({ origin }, i) => origin === null && !live[i]?.inherited).length
