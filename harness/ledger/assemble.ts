import type { Evidence } from '../model/report.js'
import type { Entry } from '../model/target.js'
import type { Capture } from './table/capture.js'
import { compareLedgers, describeDifferences, mergeLedgers, type Difference } from './compare.js'
import { countEvidence, mergeEvidence, noLosses } from './evidence.js'
import { joinLedger } from './join.js'
import { linkEntries } from './table/relations.js'
import type { LiveFile, TracerRecord, TracerSnapshot } from './records.js'
import type { Sample } from './observers/profiler/samples.js'
import { describeTarget } from './table/live-table.js'

/** Every live descriptor with its origin, and how complete that is. */
export interface LedgerReading {
  entries: Entry[]
  evidence: Evidence
  /** What /proc/PID/fd/N linked to, by number: an engine that names another link speaks of another file. */
  links: Map<number, string>
  /** What two observers tell differently; empty where there was one. */
  differences: Difference[]
}

export type Told = Pick<LedgerReading, 'entries' | 'evidence'>

/** Records with the Java stacks that there are for them. */
export interface Stacks {
  records: TracerRecord[]
  samples: Map<TracerRecord, Sample>
}

type Notes = (string | null | undefined)[]

/** The ledger as the kernel's records tell it. */
export async function tellKernel(
  captured: Capture,
  snapshot: TracerSnapshot,
  { records, samples }: Stacks,
  told: { releasedAt: number; notes: Notes },
): Promise<Told> {
  const { live, sockets, watches, program, symbols, peersTrouble } = captured
  await symbols.load(records.flatMap(({ stack }) => stack))
  const entries = joinLedger({
    records,
    foreign: snapshot.records.filter((record) => record.tgid !== captured.pid),
    program,
    live,
    samples,
    sockets,
    watches,
    releasedAt: told.releasedAt,
    nameAddress: (address) => symbols.name(address),
  })
  const notes = [...told.notes, peersTrouble]
  const { losses } = snapshot
  return {
    entries,
    evidence: countEvidence({ tracer: 'ebpf', records, samples, live, entries, losses, notes }),
  }
}

/** The live table alone, where nobody has records of it; `trouble` says why. */
export function tellTable(
  { live, sockets, watches, peersTrouble }: Capture,
  tracer: Evidence['tracer'],
  trouble: string | null,
  told: Notes,
): Told {
  const nothing = { origin: null, bound: null, listened: null, connected: null, missing: trouble }
  const bare = live.map((each) => ({ fd: each.fd, ...describeTarget(each, sockets), ...nothing }))
  const entries = linkEntries(bare, live, watches)
  const seen = { records: [], samples: new Map<TracerRecord, Sample>(), losses: noLosses }
  const notes = [trouble, peersTrouble, ...told]
  return { entries, evidence: countEvidence({ tracer, ...seen, live, entries, notes }) }
}

/** Two observers of one table: the kernel's ledger, completed by the other's, with what they differ in. */
export function tellBoth(kernel: Told, preload: Told, live: LiveFile[]): Omit<LedgerReading, 'links'> {
  const entries = mergeLedgers(kernel.entries, preload.entries)
  const differences = compareLedgers(kernel.entries, preload.entries)
  const notes = [kernel.evidence.note, describeDifferences(differences)]
  const evidence = mergeEvidence(kernel.evidence, preload.evidence, { entries, live, notes })
  return { entries, evidence, differences }
}
