import type { Finding } from '../../model/finding.js'
import { once } from '../../model/lists.js'
import type { Blocker, Frame } from '../../model/report.js'
import type { Entry } from '../../model/target.js'
import { isListening } from './addresses.js'
import { kindOf } from './kinds.js'
import type { JoinedFinding } from '../join.js'
import { createdAt, keysOf, sameSite } from './cause-keys.js'
import { connected } from './connected.js'
import { askerOf, frameKey, siteKey, siteOf, stacksOf, type Making } from './stacks.js'
import { unnamedKeys } from './unnamed-findings.js'

/** Findings that one thing in the app causes. */
export interface Cause {
  kind: Blocker['kind']
  making: Making | null
  joined: JoinedFinding[]
  /** The descriptors that are known to be meant, by number. */
  entries: Entry[]
  /** Java stacks to look for the owner in, best first. */
  stacks: Frame[][]
  /** Where an event loop bound a listener for somebody else: his stack, without the loop's own library. */
  asker: Frame[] | null
}

/** A cause is called after its most telling part. */
const telling: Blocker['kind'][] = [
  'selector',
  'watch-service',
  'process',
  'listening-socket',
  'socket',
  'pipe',
  'file',
  'native',
  'other',
]

/** Thousands of descriptors may have a stack each; these are looked through for owners and for what libraries do. */
const MOST_STACKS = 100

/** Puts findings together that share a descriptor, a selector, or the call site that made their descriptors. */
export function groupCauses(joined: JoinedFinding[]): Cause[] {
  const unnamed = unnamedKeys(joined)
  const keys = joined.map((one) => [...keysOf(one), ...(unnamed.get(one) ?? [])])
  const groups = connected(keys)
  return groups.map((places) => toCause(places.flatMap((place) => joined[place] ?? [])))
}

function toCause(unsorted: JoinedFinding[]): Cause {
  const joined = [...unsorted].sort(byText)
  const entries = [...new Set(joined.flatMap((one) => one.entries))].sort((a, b) => a.fd - b.fd)
  const kinds = new Set(joined.flatMap(kindsOf))
  const known = entries.length > 0 ? entries : candidatesOf(joined).flatMap(sameSite)
  const sites = [...known.map(siteOf), ...joined.map(createdAt)]
  const stacks = new Set([
    // Descriptors of one cause may be made by different frames inside; the line to change is in those they share.
    commonFrames(known.flatMap((entry) => stacksOf(entry).slice(0, 1))),
    ...known.flatMap(stacksOf),
    ...joined.map(({ finding }) => finding.creationStack),
    // A Resource that throws holds no descriptor: the line that threw is the one to change.
    ...joined.map(({ finding }) => finding.thrownAt),
  ])
  return {
    kind: telling.find((kind) => kinds.has(kind)) ?? 'other',
    making: sites.find((site) => site !== null && site.making !== null)?.making ?? null,
    joined,
    entries,
    stacks: [...stacks].filter((stack) => stack.length > 0).slice(0, MOST_STACKS),
    asker:
      known.map((entry) => (isListening(entry) ? askerOf(entry) : null)).find((one) => one !== null) ?? null,
  }
}

/** The outer frames that all stacks have in common. */
function commonFrames(stacks: Frame[][]): Frame[] {
  const [first = []] = stacks
  const outward = [...new Set(stacks)].map((stack) => stack.map(frameKey).reverse())
  const differs = outward[0]?.findIndex((key, depth) => outward.some((keys) => keys[depth] !== key)) ?? 0
  return differs === 0 ? [] : first.slice(differs < 0 ? 0 : -differs)
}

/** What the findings may speak of; many of them share one list. */
const candidatesOf = (joined: JoinedFinding[]): Entry[][] => [...new Set(joined.map(({ oneOf }) => oneOf))]

function kindsOf(one: JoinedFinding): Blocker['kind'][] {
  // All of one site are of one kind.
  const entries = one.entries.length > 0 ? one.entries : sameSite(one.oneOf).slice(0, 1)
  return entries.length > 0 ? entries.map((entry) => kindOf(one.finding, entry)) : [kindOf(one.finding, null)]
}

const textOf = once(({ type, message, fd }: Finding) => JSON.stringify([type, message, fd]))
const siteOfText = ({ finding }: JoinedFinding): string => siteKey(finding.creationStack)
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

function byText(a: JoinedFinding, b: JoinedFinding): number {
  return compare(textOf(a.finding), textOf(b.finding)) || compare(siteOfText(a), siteOfText(b))
}
