import type { Frame } from '../../../model/report.js'
import type { LiveFile, TracerRecord } from '../../records.js'
import type { Sample } from '../profiler/samples.js'
import { dumpLines, type ClosedLine, type Link, type RecordLine, type SampleLine } from './dump-lines.js'

/** What the library remembers of one process. */
export interface PreloadDump {
  records: RecordLine[]
  /** Stacks that the kernel's tracer asked for, of events that the library does not see by itself. */
  samples: SampleLine[]
  stacks: Map<number, { java: Frame[]; native: string[] }>
  links: Link[]
  /** How much else was opened and closed again. */
  closed: ClosedLine[]
  /** Events that found no room at all, and those that found none for their stack. */
  lost: number
  noRoom: number
  /** Numbers that were closed before this time are forgotten; 0: none is. */
  closedSince: number
}

/** Reads a dump; throws where it is cut, or not of the format. */
export function readDump(text: string): PreloadDump {
  const dump: PreloadDump = {
    records: [],
    samples: [],
    stacks: new Map(),
    links: [],
    closed: [],
    lost: 0,
    noRoom: 0,
    closedSince: 0,
  }
  const known = new Set<string>()
  let ended = false
  for (const line of dumpLines(text)) {
    if (line.type === 'link') dump.links.push(line)
    else if (line.type === 'closed') dump.closed.push(line)
    else if (line.type === 'sample') dump.samples.push(line)
    else if (line.type === 'stack') dump.stacks.set(line.stack, line)
    else if (line.type === 'end') {
      Object.assign(dump, { lost: line.lost, noRoom: line.noRoom, closedSince: line.closedSince })
      ended = true
    } else if (!known.has(`${line.file} ${line.kind}`)) {
      // A file that several numbers lead to is listed with each of them.
      known.add(`${line.file} ${line.kind}`)
      dump.records.push(line)
    }
  }
  if (!ended) throw new Error('The dump of the preloaded library is cut.')
  return dump
}

/** The dump in the ledger's own shapes. Stacks with Java frames are samples, others stay with their record. */
export function toRecords(
  dump: PreloadDump,
  pid: number,
  nameAddress: (address: string) => string | null,
): { records: TracerRecord[]; samples: Map<TracerRecord, Sample> } {
  const samples = new Map<TracerRecord, Sample>()
  const records = dump.records.map((line) => {
    const { type: _, stack: number, thread, function: called, ...rest } = line
    const stack = dump.stacks.get(number)
    const record: TracerRecord = {
      ...rest,
      until: null,
      tgid: pid,
      nsTid: line.tid,
      comm: thread,
      name: '',
      address: null,
      stack: stack?.native ?? [],
    }
    const native = [called, ...record.stack.map(nameAddress).filter((frame) => frame !== null)]
    const java = stack?.java ?? []
    // Also where there is no Java frame: the sample then holds the native ones, the called function first.
    if (line.sample === 'taken') samples.set(record, { tid: line.tid, thread, time: line.ts, java, native })
    return record
  })
  return { records, samples }
}

/** The stacks that were asked for, as a profiler's samples; the native frames are in the kernel's records. */
export function toSamples(dump: PreloadDump): Sample[] {
  return dump.samples.map(({ tid, thread, ts, stack }) => ({
    tid,
    thread: thread === '' ? null : thread,
    time: ts,
    java: dump.stacks.get(stack)?.java ?? [],
    native: [],
  }))
}

/**
 * Gives each live descriptor the file that the library knew under its number when the table was read, `at`. What has
 * been closed since still counts; a number whose file is another one by now, which the library has not seen, does not.
 */
export function identify(live: LiveFile[], dump: PreloadDump, at: number): LiveFile[] {
  const created = new Map(
    dump.records.filter(({ kind }) => kind === 'open').map((record) => [record.file, record]),
  )
  const anyOf = new Map(dump.records.map((record) => [record.file, record]))
  const links = new Map<number, Link[]>()
  for (const link of dump.links.filter(({ closed }) => closed === null || closed > at).sort(byClosing)) {
    const known = links.get(link.fd)
    if (known === undefined) links.set(link.fd, [link])
    else known.push(link)
  }
  return live.map((each) => {
    // The library asks stat.
    const seen = each.stat ?? each
    const link = (links.get(each.fd) ?? []).find(({ file }) => {
      const record = anyOf.get(file)
      return (
        record?.inode === seen.inode &&
        record.device === seen.device &&
        fits(created.get(file)?.syscall, each.link)
      )
    })
    return link === undefined ? each : { ...each, file: link.file }
  })
}

/** In the order in which the number led to them. */
const byClosing = (a: Link, b: Link): number => (a.closed ?? Infinity) - (b.closed ?? Infinity)

/** All anonymous inodes share one number, so there the call must fit the kind. */
const MAKERS: Partial<Record<string, RegExp>> = {
  eventpoll: /^epoll_create/,
  eventfd: /^eventfd/,
  timerfd: /^timerfd/,
  inotify: /^inotify/,
  signalfd: /^signalfd/,
  pidfd: /^pidfd_open$/,
  'perf-event': /^perf_event_open$/,
  io_uring: /^io_uring_setup$/,
  userfaultfd: /^userfaultfd$/,
}

function fits(syscall: string | undefined, link: string): boolean {
  const kind = /^anon_inode:\[?([\w-]+)\]?/.exec(link)?.[1]
  if (syscall === undefined || kind === undefined) return true
  if (syscall === 'recvmsg' || syscall === 'recvmmsg' || syscall === 'pidfd_getfd') return true
  return MAKERS[kind]?.test(syscall) ?? true
}
