import type { FoundBlocker } from '../model/finding.js'
import type { Frame } from '../model/report.js'
import type { Cause } from './causes/causes.js'
import { siteKey } from './causes/stacks.js'

/** A cause with what was found out about it. */
export interface Blamed {
  cause: Cause
  /** The frame to change. */
  frame: Frame | null
  blocker: FoundBlocker
}

/**
 * Puts causes together that one call of one line made, on whatever way that line was reached: a pool fills itself by its
 * caller and by a thread of its
 * own. What is to be done must be the same, too: a line of a library may serve several of its users. An exception that
 * names no descriptor is what its text says, whatever line threw it.
 */
export function byOwnerLine<T extends Blamed>(all: T[]): [T, ...T[]][] {
  const groups = new Map<unknown, [T, ...T[]]>()
  for (const one of all) {
    const key = keyOf(one) ?? one
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [one])
    else known.push(one)
  }
  return [...groups.values()]
}

function keyOf({ cause, frame, blocker }: Blamed): string | null {
  if (frame === null || cause.kind === 'other') return null
  const stack = cause.stacks.find((one) => one.includes(frame)) ?? []
  // One line may open several things, by other calls.
  const inner = stack.slice(0, stack.indexOf(frame))
  return JSON.stringify([cause.kind, cause.making, siteKey([...inner, frame]), blocker.remedy.text])
}

/** One cause of all; its stacks stay apart, so that the owner stays the line that they share. */
export function together([first, ...others]: [Cause, ...Cause[]]): Cause {
  const all = [first, ...others]
  const entries = new Set(all.flatMap((cause) => cause.entries))
  return {
    ...first,
    joined: all.flatMap(({ joined }) => joined),
    entries: [...entries].sort((a, b) => a.fd - b.fd),
    stacks: all.flatMap(({ stacks }) => stacks),
  }
}
