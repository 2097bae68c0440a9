import type { Finding } from '../../../model/finding.js'
import type { Stack } from './exceptions.js'

/** A creation stack that was printed before the finding that it belongs to. */
export interface EarlyCreation {
  stack: Stack
  /** How many frames it shares with its exception. */
  common: number
  finding: Finding | null
}

export const earlyCreation = (): EarlyCreation => ({
  stack: { frames: [], complete: true },
  common: 0,
  finding: null,
})

/** The frames that it shares with its exception are known when that one's are. */
export function complete(
  early: EarlyCreation | null,
  exception: Stack | null,
  fill: (stack: Stack, common: number, parent: Stack | null) => void,
): void {
  if (!early?.finding) return
  if (early.common > 0) fill(early.stack, early.common, exception)
  early.finding.creationStack = early.stack.frames
}
