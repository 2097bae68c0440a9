import type { LedgerEntry, Origin } from '../report.js'
import type { LiveFile, TracerRecord } from './records.js'
import type { Sample } from './samples.js'
import type { SocketDescription } from './sockets.js'
import { describeTarget } from './targets.js'

export interface JoinInput {
  records: TracerRecord[]
  live: LiveFile[]
  /** From `assignSamples`. */
  samples: Map<TracerRecord, Sample>
  sockets: Map<number, SocketDescription>
  /** When the app was released, CLOCK_MONOTONIC nanoseconds. */
  releasedAt: number
  /** What is said of a descriptor that has no record. */
  unrecorded?: string
  /** Names the kernel's own walk of the native stack, for records without a sample. */
  nameAddress: (address: string) => string | null
}

/**
 * Joins what exists (the live table), what the kernel saw being done (records) and what the profiler saw doing it
 * (samples): by struct file, and by order within the thread, never by number or by nearness in time.
 */
export function joinLedger(input: JoinInput): LedgerEntry[] {
  const { samples } = input
  const byFile = new Map<string, TracerRecord[]>()
  for (const record of input.records) byFile.set(record.file, [...(byFile.get(record.file) ?? []), record])
  return input.live.map((live) => {
    // The kernel reuses a freed struct file's address; the inode tells whether the record is of this one.
    const records = (byFile.get(live.file) ?? []).filter(
      (record) => record.inode === live.inode && record.device === live.device,
    )
    const created = records.find((record) => record.kind === 'open')
    // Whatever was done to an address before its present file was created, was done to another file.
    const later = (kind: TracerRecord['kind']) =>
      records.find((record) => record.kind === kind && (created === undefined || record.ts >= created.ts))
    const origin = (record: TracerRecord | undefined) =>
      record === undefined ? null : toOrigin(record, samples.get(record), input)
    const entry: LedgerEntry = {
      fd: live.fd,
      ...describeTarget(live, input.sockets),
      origin: origin(created),
      bound: origin(later('bind')),
      listened: origin(later('listen')),
      connected: origin(later('connect')),
      missing: null,
    }
    return {
      ...entry,
      missing: whatIsMissing(live, created, created && samples.get(created), input.unrecorded),
    }
  })
}

/**
 * Gives each record the sample that its signal caused. The signal is delivered before the thread returns from the
 * system call, so the sample lies between its record and the same thread's next one that asked for a sample.
 */
export function assignSamples(records: TracerRecord[], samples: Sample[]): Map<TracerRecord, Sample> {
  const samplesOf = groupBy(samples, (sample) => sample.tid)
  const taken = new Map<TracerRecord, Sample>()
  for (const [tid, asked] of groupBy(
    records.filter((record) => record.sample === 'sent' || record.sample === 'pending'),
    (record) => record.nsTid,
  )) {
    const inOrder = [...(samplesOf.get(tid) ?? [])].sort((a, b) => a.time - b.time)
    asked.sort((a, b) => a.ts - b.ts)
    let next = 0
    for (const [record, end] of withEnds(asked)) {
      while (next < inOrder.length && (inOrder[next]?.time ?? Infinity) < record.ts) next++
      const sample = inOrder[next]
      if (sample !== undefined && sample.time < end) taken.set(record, sample)
    }
  }
  return taken
}

/** Each record with the time before which its sample must lie; one that found the signal pending shares its sender's. */
function withEnds(asked: TracerRecord[]): [TracerRecord, number][] {
  let nextSent = Infinity
  return asked
    .toReversed()
    .map((record): [TracerRecord, number] => {
      const end = Math.min(record.until ?? Infinity, nextSent)
      if (record.sample === 'sent') nextSent = record.ts
      return [record, end]
    })
    .toReversed()
}

function groupBy<T>(values: T[], key: (value: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const value of values) {
    const group = groups.get(key(value))
    if (group) group.push(value)
    else groups.set(key(value), [value])
  }
  return groups
}

function toOrigin(record: TracerRecord, sample: Sample | undefined, input: JoinInput): Origin {
  return {
    atMs: Math.round((record.ts - input.releasedAt) / 1e3) / 1e3,
    thread: sample?.thread ?? record.comm,
    tid: record.nsTid,
    syscall: record.syscall,
    java: sample?.java ?? [],
    native: sample?.native ?? record.stack.map(input.nameAddress).filter((line) => line !== null),
  }
}

/** Why an entry has no origin, or no Java frame in it. */
function whatIsMissing(
  live: LiveFile,
  created: TracerRecord | undefined,
  sample: Sample | undefined,
  unrecorded = 'no record: opened before tracing, or lost',
): string | null {
  if (created === undefined) return live.inherited ? 'open before the app started: inherited' : unrecorded
  if (sample !== undefined)
    return sample.java.length > 0
      ? null
      : 'no Java frame: the thread was in native code that Java did not call'
  switch (created.sample) {
    case 'sent':
    case 'pending':
      return 'the sample with its Java stack was lost'
    case 'no-handler':
      return 'opened before the profiler was up: JVM boot, no Java stack'
    case 'forked':
      return 'opened by a child between fork and exec: no Java stack'
    case 'blocked':
      return 'the thread had SIGPROF blocked: no Java stack'
    case 'failed':
      return 'the signal for its Java stack could not be sent'
    case 'off':
      return 'sampling was off: no Java stack'
    case 'boot':
      return 'opened while the JVM was not up: no Java stack'
    case 'in-vm':
      return 'opened by the JVM itself: no Java stack'
    case 'not-java':
      return 'opened by a thread that the JVM does not know: no Java stack'
    case 'past-libc':
      return 'made past libc, by an inline system call or io_uring: no Java stack (--trace both takes one)'
    case 'no-room':
      return 'more different stacks than are kept: no Java stack'
    case 'taken':
    case 'no-frames':
      return 'no Java frame: the thread was in native code that Java did not call'
  }
}
