import { isListening } from '../blockers/causes/addresses.js'
import type { ClassIndex } from '../blockers/classes/classes.js'
import { ownerFrame, ownerOf } from '../blockers/owner.js'
import { askerOf, stacksOf } from '../blockers/causes/stacks.js'
import type { DescriptorGroup, Grouping } from '../model/answer.js'
import { formatFrame, type Frame, type Owner } from '../model/report.js'
import { toLedgerEntry, type Entry } from '../model/target.js'

/** Who is to blame for one descriptor, as blockers know it, and by which of its stacks. */
interface Blame {
  owner: Owner | null
  frame: Frame | null
  stack: Frame[]
}

/** A group while it grows: its stacks by their text. */
interface Growing {
  entries: Entry[]
  stacks: Map<string, DescriptorGroup['stacks'][number]>
}

/** Counts the live descriptors by what they have in common; the largest group first. */
export async function groupLedger(
  entries: readonly Entry[],
  by: Grouping,
  index: ClassIndex,
): Promise<DescriptorGroup[]> {
  const groups = new Map<string, Growing>()
  for (const entry of entries) {
    const blame = await blameFor(entry, index)
    const name = nameOf(entry, by, blame)
    const group: Growing = groups.get(name) ?? { entries: [], stacks: new Map() }
    groups.set(name, group)
    group.entries.push(entry)
    const { stack, owner } = blame
    const key = stack.map(formatFrame).join('\n')
    const count = (group.stacks.get(key)?.count ?? 0) + 1
    if (stack.length > 0) group.stacks.set(key, { frames: stack, owner: owner?.frame ?? null, count })
  }
  return [...groups]
    .map(([name, { entries, stacks }]) => ({
      name,
      entries: entries.map(toLedgerEntry),
      stacks: [...stacks.values()],
    }))
    .sort((a, b) => b.entries.length - a.entries.length || (a.name < b.name ? -1 : 1))
}

/** The first of its stacks that has an owner: a listener is its binder's, or whose who had an event loop bind it. */
async function blameFor(entry: Entry, index: ClassIndex): Promise<Blame> {
  const stacks = stacksOf(entry)
  const asker = isListening(entry) ? askerOf(entry) : null
  for (const [i, stack] of stacks.entries()) {
    // Who asked is told by the first of them.
    const inner = i === 0 ? (asker ?? stack) : stack
    const owner = await ownerOf(inner, index)
    if (owner !== null) return { owner, frame: await ownerFrame(inner, index), stack }
  }
  return { owner: null, frame: null, stack: stacks[0] ?? [] }
}

function nameOf(entry: Entry, by: Grouping, { owner, frame, stack }: Blame): string {
  switch (by) {
    case 'kind':
      return isListening(entry) ? 'listening-socket' : entry.kind
    case 'thread':
      return entry.origin?.thread ?? whyNone(entry)
    case 'site':
      return owner?.frame ?? jdkSite(stack) ?? whyNone(entry)
    case 'owner':
      if (owner !== null) return owner.artifact ?? owner.jar ?? packageOf(frame)
      return stack.length > 0 ? 'the JDK alone' : whyNone(entry)
  }
}

function packageOf(frame: Frame | null): string {
  const dot = frame?.class.lastIndexOf('.') ?? -1
  return `${dot < 0 ? 'unnamed package' : frame?.class.slice(0, dot)} (of no jar)`
}

/** Where the JDK's own code was entered, in a stack without any other. */
function jdkSite(stack: Frame[]): string | null {
  const entered = stack.findLast((frame) => !/^java\.lang\.(?:Virtual)?Thread$/.test(frame.class))
  return entered === undefined ? null : formatFrame(entered)
}

/** In a few words: the list of the descriptors has the whole reason. */
const whyNone = ({ missing }: Entry): string => `(${missing?.split(':')[0] ?? 'not known'})`
