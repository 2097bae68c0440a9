import type { Finding } from '../model/finding.js'
import type { LedgerEntry } from '../model/report.js'
import { agree, endpointsOf } from './causes/addresses.js'
import { appKey, hasFrame, siteKey } from './causes/stacks.js'
import { subjectOf, type Maker, type Subject } from './causes/subjects.js'

/** A finding with the descriptors that it speaks of. */
export interface JoinedFinding {
  finding: Finding
  subject: Subject
  entries: LedgerEntry[]
  /** More descriptors fit than are meant: it is one of these, and nobody can tell which. */
  oneOf: LedgerEntry[]
}

/**
 * Joins findings with descriptors: by number, then by address, path or link, then by the Java object that made them.
 * What a more exact kind of join has taken is left out of the next, so that what remains may become unambiguous.
 */
export function joinFindings(findings: Finding[], ledger: LedgerEntry[]): JoinedFinding[] {
  const entries = [...ledger].sort((a, b) => a.fd - b.fd)
  const joined = findings.map((finding): JoinedFinding => {
    const subject = subjectOf(finding)
    return { finding, subject, entries: [], oneOf: [] }
  })
  const taken = new Set<LedgerEntry>()
  for (const one of joined) {
    if (one.subject.by !== 'fd') continue
    const { fds } = one.subject
    const own = entries.filter((entry) => fds.includes(entry.fd) && canBe(one.finding, entry))
    one.entries = isWholePipe(one.finding)
      ? entries.filter(({ target }) => own.some((end) => end.target === target))
      : own
    for (const entry of one.entries) taken.add(entry)
  }
  const named = joined.filter(({ subject }) => ['address', 'path', 'link'].includes(subject.by))
  const made = joined.filter(({ subject }) => subject.by === 'maker')
  for (const round of [named, made]) joinRound(round, entries, taken)
  return joined
}

/** A Pipe is one finding for both of its ends, and they lead to the same thing. */
const isWholePipe = ({ message }: Finding): boolean => message.startsWith('sun.nio.ch.PipeImpl')

/** Findings that the same descriptors fit are joined together: five that say `data.txt` are the five descriptors on it. */
function joinRound(round: JoinedFinding[], entries: LedgerEntry[], taken: Set<LedgerEntry>): void {
  const groups = new Map<string, { candidates: LedgerEntry[]; findings: JoinedFinding[]; each: number }>()
  for (const one of round) {
    const candidates = ofSameStack(
      one.finding,
      entries.filter((entry) => fits(one.subject, entry)),
    )
    const each = one.subject.by === 'maker' ? one.subject.each : 1
    const key = `${each}/${candidates.map(({ fd }) => fd).join()}`
    const group = groups.get(key) ?? { candidates, findings: [], each }
    group.findings.push(one)
    groups.set(key, group)
  }
  // The fewer descriptors fit, the surer the join: its result narrows what the others can mean.
  const ordered = [...groups.values()].sort(
    (a, b) =>
      a.candidates.length - b.candidates.length || (a.candidates[0]?.fd ?? 0) - (b.candidates[0]?.fd ?? 0),
  )
  for (const { candidates, findings, each } of ordered) {
    const free = candidates.filter((entry) => !taken.has(entry))
    assign(free.length > 0 ? free : candidates, findings, each)
    for (const { entries: own } of findings) for (const entry of own) taken.add(entry)
  }
}

/** Where the engine itself printed who created it, that decides among descriptors that look alike. */
function ofSameStack({ creationStack }: Finding, candidates: LedgerEntry[]): LedgerEntry[] {
  const key = appKey(creationStack)
  const same = candidates.filter((entry) => key !== '' && appKey(entry.origin?.java ?? []) === key)
  return same.length > 0 ? same : candidates
}

function assign(candidates: LedgerEntry[], findings: JoinedFinding[], each: number): void {
  if (candidates.length === 0) return
  if (findings.length * each < candidates.length) {
    for (const one of findings) one.oneOf = candidates
    return
  }
  // Ends of one pipe have the same target, so they stay together; findings of one text are interchangeable.
  const ordered = [...candidates].sort((a, b) =>
    a.target < b.target ? -1 : a.target > b.target ? 1 : a.fd - b.fd,
  )
  const slots = Math.ceil(ordered.length / each)
  const text = ({ finding }: JoinedFinding) => finding.message + siteKey(finding.creationStack)
  const inOrder = [...findings].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
  inOrder.forEach((one, i) => (one.entries = ordered.slice((i % slots) * each, (i % slots) * each + each)))
}

function fits(subject: Subject, entry: LedgerEntry): boolean {
  switch (subject.by) {
    case 'address':
      return entry.kind === 'socket' && agree(subject.ends, endpointsOf(entry))
    case 'path':
      return (
        (entry.kind === 'file' || entry.kind === 'directory' || entry.kind === 'other') &&
        samePath(subject.path, entry.target)
      )
    case 'link':
      return entry.target === subject.link
    case 'maker':
      return isMadeBy(subject.maker, entry) && !(subject.unbound && endpointsOf(entry).local !== null)
    default:
      return false
  }
}

const isMadeBy = ({ className, kinds }: Maker, entry: LedgerEntry): boolean =>
  kinds.includes(entry.kind) && hasFrame(entry.origin?.java ?? [], (frame) => className.test(frame.class))

/** A path as the app gave it, absolute or not, against the absolute one that the kernel shows. */
function samePath(given: string, target: string): boolean {
  const known = target.replace(/ \(deleted\)$/, '')
  const asked = given.replace(/ \(deleted\)$/, '')
  if (asked.startsWith('/')) return normal(asked) === known
  const tail = normal(asked).replace(/^(?:\.\.\/)+/, '')
  return tail !== '' && known.endsWith(`/${tail}`)
}

function normal(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '.' || part === '') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/')
}

/** A number can have been closed and reused between ledger and checkpoint: what it is must agree with what was found. */
function canBe({ resource, message }: Finding, { kind, target }: LedgerEntry): boolean {
  const link = /^FD fd=\d+ type=\S+ path=(anon_inode:\S+)$/.exec(message)?.[1]
  if (link !== undefined) return target === link
  if (resource === 'socket') return kind === 'socket' || message.startsWith('EPoll ')
  if (resource === 'pipe') return kind === 'pipe' || kind === 'file' || kind === 'socket'
  return resource !== 'file' || kind === 'file' || kind === 'directory' || kind === 'other' || kind === 'pipe'
}
