import type { Blocker, Frame, LedgerEntry } from '../report.js'
import { kindOf } from './kinds.js'
import type { JoinedFinding } from './join.js'
import { hasFrame, siteKey, siteOf, stacksOf, type Making } from './stacks.js'
import { selectorName, simpleType } from './subjects.js'
import { targetOf } from './targets.js'

/** Findings that one thing in the app causes. */
export interface Cause {
  kind: Blocker['kind']
  making: Making | null
  joined: JoinedFinding[]
  /** The descriptors that are known to be meant, by number. */
  entries: LedgerEntry[]
  /** Java stacks to look for the owner in, best first. */
  stacks: Frame[][]
}

/** A cause is called after its most telling part. */
const telling: Blocker['kind'][] = [
  'selector', 'watch-service', 'process', 'listening-socket', 'socket', 'pipe', 'file', 'native', 'other',
] // prettier-ignore

/** Puts findings together that share a descriptor, a selector, or the call site that made their descriptors. */
export function groupCauses(joined: JoinedFinding[]): Cause[] {
  const textless = textlessKeys(joined)
  const groups: { keys: Set<string>; joined: JoinedFinding[] }[] = []
  for (const one of joined) {
    const keys = new Set([...keysOf(one), ...(textless.get(one) ?? [])])
    const mine = { keys, joined: [one] }
    for (let i = groups.length - 1; i >= 0; i--) {
      const group = groups[i]
      if (group === undefined || ![...group.keys].some((key) => keys.has(key))) continue
      for (const key of group.keys) keys.add(key)
      mine.joined.push(...group.joined)
      groups.splice(i, 1)
    }
    groups.push(mine)
  }
  return groups.map((group) => toCause(group.joined))
}

function toCause(unsorted: JoinedFinding[]): Cause {
  const joined = [...unsorted].sort(byText)
  const entries = [...new Set(joined.flatMap((one) => one.entries))].sort((a, b) => a.fd - b.fd)
  const kinds = new Set(joined.flatMap(kindsOf))
  const known = entries.length > 0 ? entries : joined.flatMap(sameSite)
  const making = known.map((entry) => siteOf(entry)?.making ?? null).find((one) => one !== null) ?? null
  const stacks = [
    // Descriptors of one cause may be made by different frames inside; the line to change is in those they share.
    commonFrames(known.flatMap((entry) => stacksOf(entry).slice(0, 1))),
    ...known.flatMap(stacksOf),
    ...joined.map(({ finding }) => finding.creationStack),
  ]
  return {
    kind: telling.find((kind) => kinds.has(kind)) ?? 'other',
    making,
    joined,
    entries,
    stacks: stacks.filter((stack) => stack.length > 0),
  }
}

/** The outer frames that all stacks have in common. */
function commonFrames(stacks: Frame[][]): Frame[] {
  const [first = [], ...others] = stacks
  const isShared = (depth: number) =>
    others.every(
      (stack) => siteKey(stack.slice(-depth)) === siteKey(first.slice(-depth)) && stack.length >= depth,
    )
  let shared = 0
  while (shared < first.length && isShared(shared + 1)) shared++
  return shared === 0 ? [] : first.slice(-shared)
}

function kindsOf(one: JoinedFinding): Blocker['kind'][] {
  const entries = one.entries.length > 0 ? one.entries : sameSite(one)
  return entries.length > 0 ? entries.map((entry) => kindOf(one.finding, entry)) : [kindOf(one.finding, null)]
}

/** Candidates that one call site made tell the cause, even where nobody can tell which of them is meant. */
function sameSite({ oneOf }: JoinedFinding): LedgerEntry[] {
  const keys = new Set(oneOf.map(entryKey))
  return keys.size === 1 && oneOf.every((entry) => stacksOf(entry).length > 0) ? oneOf : []
}

function keysOf(one: JoinedFinding): string[] {
  const selector = selectorName(one.finding)
  const keys = selector === null ? [] : [`selector ${selector}`]
  if (one.subject.by === 'fd') keys.push(...one.subject.fds.map((fd) => `fd ${fd}`))
  const entries = one.entries.length > 0 ? one.entries : sameSite(one)
  if (entries.length > 0)
    return [...keys, ...one.entries.map(({ fd }) => `fd ${fd}`), ...entries.map(entryKey)]
  const kind = kindOf(one.finding, null)
  const { creationStack } = one.finding
  if (creationStack.length > 0) return [...keys, `${kind} ${siteKey(creationStack)}`]
  // Without any stack what it leads to is the best known cause; a selector is named by its own text only.
  return selector !== null || isTextless(one) ? keys : [...keys, `${kind} to ${targetOf(one.finding, null)}`]
}

function entryKey(entry: LedgerEntry): string {
  const site = siteOf(entry)
  if (site !== null) return `${site.making ?? kindOf(null, entry)} ${siteKey(site.frames)}`
  const native = entry.origin?.native ?? []
  if (native.length > 0) return `${kindOf(null, entry)} ${native.join('\n')}`
  return `${kindOf(null, entry)} to ${targetOf(null, entry)}`
}

const isTextless = ({ finding }: JoinedFinding): boolean =>
  finding.message === '' && /^(?:IllegalSelector|UnsupportedOperation)Exception$/.test(simpleType(finding))

/**
 * Two exceptions come without any text and stand beside others of the same cause: a busy selector of the older builds
 * (its eventpoll and eventfd are found natively), and an asynchronous file channel (its descriptor speaks for itself).
 */
function textlessKeys(joined: JoinedFinding[]): Map<JoinedFinding, string[]> {
  const keys = new Map<JoinedFinding, string[]>()
  const of = (type: string) => joined.filter((one) => isTextless(one) && simpleType(one.finding) === type)
  const selectors = of('IllegalSelectorException')
  const inSelectors = joined
    .flatMap(({ entries }) => entries)
    .filter((entry) => siteOf(entry)?.making === 'selector')
  attach(selectors, inSelectors.filter(({ kind }) => kind === 'eventpoll'), keys) // prettier-ignore
  attachNative(selectors, joined, keys)
  const channel = /^sun\.nio\.ch\.SimpleAsynchronousFileChannelImpl$/
  const files = joined
    .flatMap(({ entries }) => entries)
    .filter((entry) => hasFrame(entry.origin?.java ?? [], (frame) => channel.test(frame.class)))
  attach(of('UnsupportedOperationException'), files, keys)
  const lone = [...selectors, ...of('UnsupportedOperationException')].filter((one) => !keys.has(one))
  for (const one of lone) keys.set(one, [simpleType(one.finding)])
  return keys
}

/** Gives each call site as many of the findings as it has descriptors; where the numbers differ, a lone site gets all. */
function attach(findings: JoinedFinding[], entries: LedgerEntry[], keys: Map<JoinedFinding, string[]>): void {
  const sites = [...new Set(entries)].map(entryKey).sort()
  const single = new Set(sites).size === 1
  if (sites.length !== findings.length && !single) return
  findings.forEach((one, i) => keys.set(one, [sites[i] ?? sites[0] ?? '']))
}

/** Without stacks: as many eventpolls and eventfds as busy selectors can only be theirs. */
function attachNative(
  selectors: JoinedFinding[],
  joined: JoinedFinding[],
  keys: Map<JoinedFinding, string[]>,
): void {
  if (selectors.length === 0 || selectors.some((one) => keys.has(one))) return
  const unexplained = (name: string) =>
    joined.filter(
      ({ finding, entries }) =>
        finding.message.includes(`anon_inode:[${name}]`) &&
        entries.every((entry) => stacksOf(entry).length === 0),
    )
  const [polls, events] = [unexplained('eventpoll'), unexplained('eventfd')]
  if (polls.length !== selectors.length || events.length !== selectors.length) return
  for (const one of [...selectors, ...polls, ...events]) keys.set(one, ['native selectors'])
}

function byText(a: JoinedFinding, b: JoinedFinding): number {
  const text = ({ finding }: JoinedFinding) => JSON.stringify([finding.type, finding.message, finding.fd])
  const [one, other] = [text(a), text(b)]
  return one < other ? -1 : one > other ? 1 : 0
}
