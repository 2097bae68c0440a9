import { entryKey } from './cause-keys.js'
import type { JoinedFinding } from '../join.js'
import { siteOf, stacksOf } from './stacks.js'
import { anonymousOf, fdsOf, isSelector, isUnnamed } from './subjects.js'

type Keys = Map<JoinedFinding, string[]>

/**
 * Two exceptions come without any text and stand beside others of the same cause: a busy selector of the older builds
 * (its eventpoll and eventfd are found natively), and an asynchronous file channel (its descriptor speaks for itself).
 */
export function unnamedKeys(joined: JoinedFinding[]): Keys {
  const keys: Keys = new Map()
  const unnamed = joined.filter(({ finding }) => isUnnamed(finding))
  const selectors = unnamed.filter(({ finding }) => isSelector(finding))
  const channels = unnamed.filter(({ finding }) => !isSelector(finding))
  attach(selectors, selectorSites(joined), keys)
  attachNative(selectors, joined, keys)
  attachLoops(joined, keys)
  attach(channels, channelSites(joined), keys)
  for (const one of [...selectors, ...channels]) if (!keys.has(one)) keys.set(one, [one.finding.type ?? ''])
  return keys
}

/** One key for each selector that the findings speak of: its eventpoll's. */
function selectorSites(joined: JoinedFinding[]): string[] {
  const entries = new Set(joined.flatMap((one) => one.entries))
  return [...entries]
    .filter((entry) => entry.kind === 'eventpoll' && siteOf(entry)?.making === 'selector')
    .map(entryKey)
}

/** One key for each bare descriptor of a file: nothing but an asynchronous channel has one without an owner. */
function channelSites(joined: JoinedFinding[]): string[] {
  const bare = joined.filter(
    ({ finding: { subject } }) =>
      subject.is === 'bare' && subject.type === 'regular' && subject.path !== null,
  )
  return bare.flatMap(({ finding }) => fdsOf(finding).map((fd) => `fd ${fd}`))
}

/** Gives each site as many of the findings as it has descriptors; where the numbers differ, a lone site gets all. */
function attach(findings: JoinedFinding[], sites: string[], keys: Keys): void {
  const ordered = [...sites].sort()
  if (ordered.length !== findings.length && new Set(ordered).size !== 1) return
  findings.forEach((one, i) => keys.set(one, [ordered[i] ?? ordered[0] ?? '']))
}

/** Without stacks: a timerfd for each eventpoll and eventfd are the loops of one native transport. */
function attachLoops(joined: JoinedFinding[], keys: Keys): void {
  const parts = ['eventpoll', 'eventfd', 'timerfd'].map((name) => unexplained(joined, name))
  const [polls = []] = parts
  if (polls.length === 0 || parts.some((part) => part.length !== polls.length)) return
  if (parts.flat().some((one) => keys.has(one))) return
  for (const one of parts.flat()) keys.set(one, ['native event loops'])
}

function unexplained(joined: JoinedFinding[], name: string): JoinedFinding[] {
  return joined.filter(
    ({ finding, entries }) =>
      anonymousOf(finding) === name && entries.every((entry) => stacksOf(entry).length === 0),
  )
}

/** Without stacks: as many eventpolls and eventfds as busy selectors can only be theirs. */
function attachNative(selectors: JoinedFinding[], joined: JoinedFinding[], keys: Keys): void {
  if (selectors.length === 0 || selectors.some((one) => keys.has(one))) return
  const [polls, events] = [unexplained(joined, 'eventpoll'), unexplained(joined, 'eventfd')]
  if (polls.length !== selectors.length || events.length !== selectors.length) return
  for (const one of [...selectors, ...polls, ...events]) keys.set(one, ['native selectors'])
}
