import type { Evidence } from '../../../model/report.js'
import { assignSamples } from '../../join.js'
import type { LiveFile, TracerRecord } from '../../records.js'
import type { Sample } from '../profiler/samples.js'
import type { ClosedLine } from './dump-lines.js'

/** What the preloaded library knows of one live table. */
export interface PreloadKnowledge {
  records: TracerRecord[]
  samples: Map<TracerRecord, Sample>
  /** Stacks that the kernel's tracer asked for by a signal: of events that the library does not see by itself. */
  asked: Sample[]
  /** The table, with the library's own file behind each number that it knows. */
  live: LiveFile[]
}

/** The same, and how complete it is. */
export interface PreloadReading extends PreloadKnowledge {
  losses: Evidence['losses']
  /** What was opened and closed again before the table was looked at. */
  closed: ClosedLine[]
  /** What is said of a descriptor that has no record. */
  unrecorded: string
}

/**
 * The kernel's records with the stacks that the preloaded library took in the same calls. A number leads both to the
 * event; it counts only where the thread is the same and the library's time lies between the kernel's record and that
 * thread's next one. What the library does not see by itself it was asked for by a signal.
 */
export function completeRecords(
  kernel: TracerRecord[],
  live: LiveFile[],
  preload: PreloadKnowledge,
): { records: TracerRecord[]; samples: Map<TracerRecord, Sample> } {
  const known = new Map(preload.records.map((record) => [keyOf(record.file, record.kind), record]))
  const partners = partnersOf(live, preload.live)
  const spans = spansOf(kernel)
  const samples = assignSamples(kernel, preload.asked)
  const take = (taken: TracerRecord, completed: TracerRecord): TracerRecord => {
    const sample = preload.samples.get(taken)
    if (sample) samples.set(completed, sample)
    return completed
  }
  const records = kernel.map((record): TracerRecord => {
    const taken = known.get(keyOf(partners.get(record.file), record.kind))
    const asked = record.sample === 'sent' || record.sample === 'pending'
    if (taken === undefined || asked || !isSame(record, taken, spans.get(record))) return record
    const stack = taken.stack.length > 0 ? taken.stack : record.stack
    return take(taken, { ...record, sample: taken.sample, comm: taken.comm, stack })
  })
  // What a process outside made and sent over a socket has no record of the kernel's: its maker here is the receiver.
  const made = new Set(kernel.filter(({ kind }) => kind === 'open').map(({ file }) => file))
  const liveByFile = new Map(live.map((each) => [each.file, each]))
  const received = [...partners].flatMap(([file, own]) => {
    const taken = known.get(keyOf(own, 'open'))
    const { inode, device } = liveByFile.get(file) ?? {}
    if (taken === undefined || inode === undefined || device === undefined || made.has(file)) return []
    return [take(taken, { ...taken, file, inode, device })]
  })
  return { records: [...records, ...received], samples }
}

const keyOf = (file: string | undefined, kind: TracerRecord['kind']): string => `${file} ${kind}`

/** The library's file for each of the kernel's. Numbers that dup made lead to one file in either ledger. */
function partnersOf(live: LiveFile[], identified: LiveFile[]): Map<string, string> {
  const own = new Map(identified.map(({ fd, file }) => [fd, file]))
  const partners = new Map<string, string>()
  for (const { fd, file } of live) {
    const partner = own.get(fd)
    if (partner !== undefined && partner !== file && !partners.has(file)) partners.set(file, partner)
  }
  return partners
}

/** When the thread's calls before and after a record's own ended. */
interface Span {
  before: number
  after: number
}

/** The library looks right after the call, but at a connection before it: the other end may be gone when it returns. */
function isSame(record: TracerRecord, taken: TracerRecord, span: Span | undefined): boolean {
  if (taken.nsTid !== record.nsTid) return false
  return record.kind === 'connect'
    ? taken.ts <= record.ts && taken.ts > (span?.before ?? -Infinity)
    : taken.ts >= record.ts && taken.ts < (span?.after ?? Infinity)
}

/** Files that one call made have the same time. */
function spansOf(records: TracerRecord[]): Map<TracerRecord, Span> {
  const times = new Map<number, number[]>()
  for (const { tid, ts } of records.toSorted((a, b) => a.ts - b.ts)) {
    const known = times.get(tid)
    if (known === undefined) times.set(tid, [ts])
    else if (known.at(-1) !== ts) known.push(ts)
  }
  const places = new Map([...times].map(([tid, all]) => [tid, new Map(all.map((ts, i) => [ts, i]))]))
  return new Map(
    records.map((record) => {
      const all = times.get(record.tid) ?? []
      const at = places.get(record.tid)?.get(record.ts) ?? 0
      return [record, { before: all[at - 1] ?? -Infinity, after: all[at + 1] ?? Infinity }]
    }),
  )
}
