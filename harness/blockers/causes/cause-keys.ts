import { append, once } from '../../model/lists.js'
import { nativeKey } from '../../model/native-frame.js'
import { type Entry } from '../../model/target.js'
import type { JoinedFinding } from '../join.js'
import { kindOf } from './kinds.js'
import { siteIn, siteKey, siteOf, stacksOf, type Site } from './stacks.js'
import { fdsOf, isUnnamed, selectorOf } from './subjects.js'
import { targetOf } from './targets.js'

/** What two findings of one cause have in common: a selector, a descriptor, or where their descriptors were made. */
export function keysOf(one: JoinedFinding): string[] {
  const selector = selectorOf(one.finding)
  const keys = selector === null ? [] : [`selector ${selector}`]
  append(
    keys,
    fdsOf(one.finding).map((fd) => `fd ${fd}`),
  )
  // All of one site have one key.
  const entries = one.entries.length > 0 ? one.entries : sameSite(one.oneOf).slice(0, 1)
  if (entries.length > 0)
    return [...keys, ...one.entries.map(({ fd }) => `fd ${fd}`), ...entries.map(entryKey)]
  const kind = kindOf(one.finding, null)
  const site = createdAt(one)
  if (site !== null) return [...keys, `${site.making ?? kind} ${siteKey(site.frames)}`]
  // Without any stack what it leads to is the best known cause; a selector is named by its own text only.
  return selector !== null || isUnnamed(one.finding)
    ? keys
    : [...keys, `${kind} to ${targetOf(one.finding, null)}`]
}

/** The same for a descriptor: its call site, else its native stack, else what it leads to. */
export const entryKey = once((entry: Entry): string => {
  const kind = kindOf(null, entry)
  const site = siteOf(entry)
  if (site !== null) return `${site.making ?? kind} ${siteKey(site.frames)}`
  const native = entry.origin?.native ?? []
  return native.length > 0 ? `${kind} ${nativeKey(native)}` : `${kind} to ${targetOf(null, entry)}`
})

/** Candidates that one call site made tell the cause, even where nobody can tell which of them is meant. */
export const sameSite = once((oneOf: Entry[]): Entry[] => {
  const keys = new Set(oneOf.map(entryKey))
  return keys.size === 1 && oneOf.every((entry) => stacksOf(entry).length > 0) ? oneOf : []
})

/** The call site that the engine itself printed. */
export function createdAt({ finding }: JoinedFinding): Site | null {
  if (finding.creationStack.length === 0) return null
  const kind = kindOf(finding, null)
  return siteIn(
    finding.creationStack,
    kind === 'process' || kind === 'pipe' ? 'pipe' : kind === 'file' ? 'file' : 'other',
  )
}
