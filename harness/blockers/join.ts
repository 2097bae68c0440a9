import { agree } from '../model/endpoint.js'
import type { Finding } from '../model/finding.js'
import { once } from '../model/lists.js'
import { describe, sameTarget, type Entry } from '../model/target.js'
import { endpointsOf } from './causes/addresses.js'
import { EntryIndex } from './causes/entry-index.js'
import { appKey, hasFrame, siteKey } from './causes/stacks.js'
import { endsIn, fdsOf, makerOf, pathOf, type Maker } from './causes/subjects.js'

/** A finding with the descriptors that it speaks of. */
export interface JoinedFinding {
  finding: Finding
  entries: Entry[]
  /** More descriptors fit than are meant: it is one of these, and nobody can tell which. */
  oneOf: Entry[]
}

/**
 * Joins findings with descriptors: by number, then by address, path or link, then by the Java object that made them.
 * What a more exact kind of join has taken is left out of the next, so that what remains may become unambiguous.
 */
export function joinFindings(findings: Finding[], ledger: Entry[]): JoinedFinding[] {
  const entries = [...ledger].sort((a, b) => a.fd - b.fd)
  const joined = findings.map((finding): JoinedFinding => ({ finding, entries: [], oneOf: [] }))
  const taken = new Set<Entry>()
  const index = new EntryIndex(entries)
  for (const one of joined) {
    const fds = [...new Set(fdsOf(one.finding))].sort((a, b) => a - b)
    const own = fds.flatMap((fd) => index.ofNumber(fd)).filter((entry) => canBe(one.finding, entry))
    one.entries = isWholePipe(one.finding) ? index.leadingWith(own) : own
    for (const entry of one.entries) taken.add(entry)
  }
  const unnumbered = joined.filter(({ finding }) => fdsOf(finding).length === 0)
  const made = unnumbered.filter(({ finding }) => isKnownByMaker(finding))
  const named = unnumbered.filter(({ finding }) => !isKnownByMaker(finding))
  const candidatesOf = findCandidates(index)
  for (const round of [named, made]) joinRound(round, candidatesOf, taken)
  return joined
}

/** A Pipe is one finding for both of its ends, and they lead to the same thing. */
const isWholePipe = ({ subject }: Finding): boolean => subject.is === 'pipe' && subject.fds.length === 0

/** Without any address a Java object is known by where it was made. */
function isKnownByMaker(finding: Finding): boolean {
  const { local, remote } = endsIn(finding)
  return local === null && remote === null && makerOf(finding) !== null
}

/** Findings that the same descriptors fit are joined together: five that say `data.txt` are the five descriptors on it. */
function joinRound(
  round: JoinedFinding[],
  candidatesOf: (finding: Finding) => Entry[],
  taken: Set<Entry>,
): void {
  const groups = new Map<string, { candidates: Entry[]; findings: JoinedFinding[]; each: number }>()
  const numbersOf = once((candidates: Entry[]) => candidates.map(({ fd }) => fd).join())
  for (const one of round) {
    const candidates = candidatesOf(one.finding)
    const each = isKnownByMaker(one.finding) ? (makerOf(one.finding)?.each ?? 1) : 1
    const key = `${each}/${numbersOf(candidates)}`
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

/** The descriptors that fit a finding; those of one text with one stack share a list. */
function findCandidates(index: EntryIndex): (finding: Finding) => Entry[] {
  const known = new Map<string, Entry[]>()
  const stackOf = once((entry: Entry) => appKey(entry.origin?.java ?? []))
  return (finding) => {
    const own = appKey(finding.creationStack)
    // A maker is a class, which its text names without the object's identity.
    const what = isKnownByMaker(finding) ? [makerOf(finding), isUnbound(finding)] : finding.subject
    const key = JSON.stringify([what, own])
    const found = known.get(key) ?? ofSameStack(own, stackOf, fitting(finding, index))
    known.set(key, found)
    return found
  }
}

const fitting = (finding: Finding, index: EntryIndex): Entry[] =>
  (isKnownByMaker(finding) ? index.entries : index.around(finding)).filter((entry) => fits(finding, entry))

/** Where the engine itself printed who created it, that decides among descriptors that look alike. */
function ofSameStack(key: string, stackOf: (entry: Entry) => string, candidates: Entry[]): Entry[] {
  const same = candidates.filter((entry) => key !== '' && stackOf(entry) === key)
  return same.length > 0 ? same : candidates
}

function assign(candidates: Entry[], findings: JoinedFinding[], each: number): void {
  if (candidates.length === 0) return
  if (findings.length * each < candidates.length) {
    for (const one of findings) one.oneOf = candidates
    return
  }
  // Ends of one pipe have the same target, so they stay together; findings of one text are interchangeable.
  const ordered = [...candidates].sort((a, b) =>
    describe(a.target) < describe(b.target) ? -1 : describe(a.target) > describe(b.target) ? 1 : a.fd - b.fd,
  )
  const slots = Math.ceil(ordered.length / each)
  const text = ({ finding }: JoinedFinding) => finding.message + siteKey(finding.creationStack)
  const inOrder = [...findings].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
  inOrder.forEach((one, i) => (one.entries = ordered.slice((i % slots) * each, (i % slots) * each + each)))
}

function fits(finding: Finding, entry: Entry): boolean {
  const { subject } = finding
  const ends = endsIn(finding)
  if (ends.local !== null || ends.remote !== null)
    return entry.kind === 'socket' && agree(ends, endpointsOf(entry))
  if (subject.is === 'link') return sameTarget(entry.target, subject.target)
  const maker = makerOf(finding)
  if (maker !== null)
    return isMadeBy(maker, entry) && !(isUnbound(finding) && endpointsOf(entry).local !== null)
  const path = pathOf(finding)
  const { target } = entry
  return path !== null && target.is === 'file' && samePath(path, target.path)
}

const isUnbound = ({ subject }: Finding): boolean =>
  subject.is === 'socket' && (subject.state === 'unbound' || subject.state === 'unconnected')

const isMadeBy = ({ classes, kinds }: Maker, entry: Entry): boolean =>
  kinds.includes(entry.kind) && hasFrame(entry.origin?.java ?? [], (frame) => classes.includes(frame.class))

/** A path as the app gave it, absolute or not, against the absolute one that the kernel shows. */
function samePath(given: string, known: string): boolean {
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
function canBe({ resource, subject }: Finding, { kind, target }: Entry): boolean {
  if (subject.is === 'descriptor' && subject.target.is === 'anon') return sameTarget(subject.target, target)
  if (resource === 'socket') return kind === 'socket'
  if (resource === 'pipe') return kind === 'pipe' || kind === 'file' || kind === 'socket'
  return resource !== 'file' || kind === 'file' || kind === 'directory' || kind === 'other' || kind === 'pipe'
}
