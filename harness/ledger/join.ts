import type { Watched } from '../host/procfs/fds.js'
import { groupBy } from '../model/lists.js'
import { BEFORE_APP } from '../model/origins/before-app.js'
import type { Origin } from '../model/report.js'
import type { Entry } from '../model/target.js'
import { linkEntries } from './table/relations.js'
import type { LiveFile, TracerRecord } from './records.js'
import type { Sample } from './observers/profiler/samples.js'
import type { SocketDescription } from './table/sockets.js'
import { describeTarget } from './table/live-table.js'

export interface JoinInput {
  records: TracerRecord[]
  /** What other processes have made: some of it may have been passed on to the app. */
  foreign?: TracerRecord[]
  live: LiveFile[]
  /** From `assignSamples`. */
  samples: Map<TracerRecord, Sample>
  sockets: Map<number, SocketDescription>
  /** What each epoll set watches, by its number. */
  watches: Map<number, Watched[]>
  /** What the process's own first thread is called: one that had another name was of another program, before exec. */
  program?: string
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
export function joinLedger(input: JoinInput): Entry[] {
  const { samples } = input
  const files = new Set(input.live.map(({ file }) => file))
  const byFileOf = (records: TracerRecord[]) =>
    groupBy(
      records.filter(({ file }) => files.has(file)),
      ({ file }) => file,
    )
  const byFile = byFileOf(input.records)
  const foreignByFile = byFileOf(input.foreign ?? [])
  const entries = input.live.map((live) => {
    // The kernel reuses a freed struct file's address; the inode tells whether the record is of this one.
    const isOfIt = (record: TracerRecord) => record.inode === live.inode && record.device === live.device
    const records = (byFile.get(live.file) ?? []).filter(isOfIt)
    const created = records.find((record) => record.kind === 'open')
    const foreign = foreignByFile.get(live.file)?.find((record) => record.kind === 'open' && isOfIt(record))
    // Whatever was done to an address before its present file was created, was done to another file.
    const later = (kind: TracerRecord['kind']) =>
      records.find((record) => record.kind === kind && (created === undefined || record.ts >= created.ts))
    const origin = (record: TracerRecord | undefined) =>
      record === undefined ? null : toOrigin(record, samples.get(record), input)
    const entry: Entry = {
      fd: live.fd,
      ...describeTarget(live, input.sockets),
      origin: origin(created),
      bound: origin(later('bind')),
      listened: origin(later('listen')),
      connected: origin(later('connect')),
      missing: null,
    }
    const before = created !== undefined && isBeforeExec(created, input.program) && !samples.has(created)
    // Its addresses are of another program's code.
    const elsewhere = (record: TracerRecord) => ({ ...toOrigin(record, undefined, input), native: [] })
    if (before)
      return {
        ...entry,
        origin: elsewhere(created),
        missing: `opened by ${created.comm}, which this process was before it became the app: no Java stack`,
      }
    if (created === undefined && foreign !== undefined)
      return {
        ...entry,
        origin: elsewhere(foreign),
        missing: `made by another process, ${foreign.comm} (pid ${foreign.tgid}), and inherited or received: no Java stack`,
      }
    return {
      ...entry,
      missing: whatIsMissing(live, created, created && samples.get(created), input.unrecorded),
    }
  })
  return linkEntries(entries, input.live, input.watches)
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
    const inOrder = (samplesOf.get(tid) ?? []).sort((a, b) => a.time - b.time)
    asked.sort((a, b) => a.ts - b.ts)
    const ends = endsOf(asked)
    let next = 0
    asked.forEach((record, i) => {
      while (next < inOrder.length && (inOrder[next]?.time ?? Infinity) < record.ts) next++
      const sample = inOrder[next]
      if (sample !== undefined && sample.time < (ends[i] ?? Infinity)) taken.set(record, sample)
    })
  }
  return taken
}

/** The time before which the sample of each record must lie; one that found the signal pending shares its sender's. */
function endsOf(asked: TracerRecord[]): Float64Array {
  const ends = new Float64Array(asked.length)
  let nextSent = Infinity
  for (let i = asked.length - 1; i >= 0; i--) {
    const record = asked[i]
    ends[i] = Math.min(record?.until ?? Infinity, nextSent)
    if (record?.sample === 'sent') nextSent = record.ts
  }
  return ends
}

const isBeforeExec = ({ tid, tgid, comm }: TracerRecord, program: string | undefined): boolean =>
  program !== undefined && tid === tgid && comm !== program

function toOrigin(record: TracerRecord, sample: Sample | undefined, input: JoinInput): Origin {
  return {
    atMs: Math.round((record.ts - input.releasedAt) / 1e3) / 1e3,
    thread: sample?.thread ?? record.comm,
    tid: record.nsTid,
    syscall: record.syscall,
    java: sample?.java ?? [],
    native:
      sample !== undefined && sample.native.length > 0
        ? sample.native
        : record.stack.map(input.nameAddress).filter((line) => line !== null),
  }
}

/** Why an entry has no origin, or no Java frame in it. */
function whatIsMissing(
  live: LiveFile,
  created: TracerRecord | undefined,
  sample: Sample | undefined,
  unrecorded = 'no record: opened before tracing, or lost',
): string | null {
  if (created === undefined) return live.inherited ? BEFORE_APP : unrecorded
  if (sample !== undefined)
    return sample.java.length > 0
      ? null
      : 'no Java frame: the thread was in native code that Java did not call'
  switch (created.sample) {
    case 'sent':
    case 'pending':
    case 'hooked':
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
    case 'no-room':
      return 'more different stacks than are kept: no Java stack'
    case 'taken':
    case 'no-frames':
      return 'no Java frame: the thread was in native code that Java did not call'
  }
}
