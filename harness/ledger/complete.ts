import type { LiveFile, TracerRecord } from './records.js'
import type { Sample } from './samples.js'

/** What the preloaded library knows of one live table. */
export interface PreloadKnowledge {
  records: TracerRecord[]
  samples: Map<TracerRecord, Sample>
  /** The table, with the library's own file behind each number that it knows. */
  live: LiveFile[]
}

/**
 * The kernel's records with the stacks that the preloaded library took in the same calls. A number leads both to the
 * event; it counts only where the thread is the same and the library's time lies between the kernel's record and that
 * thread's next one, because the library looks right after the call and before the thread goes on.
 */
export function completeRecords(
  kernel: TracerRecord[],
  live: LiveFile[],
  preload: PreloadKnowledge,
): { records: TracerRecord[]; samples: Map<TracerRecord, Sample> } {
  const known = new Map(preload.records.map((record) => [keyOf(record.file, record.kind), record]))
  const partners = partnersOf(live, preload.live)
  const ends = endsOf(kernel)
  const samples = new Map<TracerRecord, Sample>()
  const take = (taken: TracerRecord, completed: TracerRecord): TracerRecord => {
    const sample = preload.samples.get(taken)
    if (sample) samples.set(completed, sample)
    return completed
  }
  const records = kernel.map((record): TracerRecord => {
    const taken = known.get(keyOf(partners.get(record.file), record.kind))
    const same =
      taken?.nsTid === record.nsTid && taken.ts >= record.ts && taken.ts < (ends.get(record) ?? Infinity)
    if (taken === undefined || !same) return { ...record, sample: 'past-libc' }
    const stack = taken.stack.length > 0 ? taken.stack : record.stack
    return take(taken, { ...record, sample: taken.sample, comm: taken.comm, stack })
  })
  // What a process outside made and sent over a socket has no record of the kernel's: its maker here is the receiver.
  const made = new Set(kernel.filter(({ kind }) => kind === 'open').map(({ file }) => file))
  const received = [...partners].flatMap(([file, own]) => {
    const taken = known.get(keyOf(own, 'open'))
    return taken === undefined || made.has(file) ? [] : [take(taken, { ...taken, file })]
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

/** When the next call of each record's thread ends; files that one call made have the same time. */
function endsOf(records: TracerRecord[]): Map<TracerRecord, number> {
  const following = new Map<number, { ts: number; end: number }>()
  const ends = new Map<TracerRecord, number>()
  for (const record of records.toSorted((a, b) => b.ts - a.ts)) {
    const next = following.get(record.tid)
    const end = next === undefined ? Infinity : next.ts === record.ts ? next.end : next.ts
    ends.set(record, end)
    following.set(record.tid, { ts: record.ts, end })
  }
  return ends
}
