import { setTimeout as sleep } from 'node:timers/promises'
import { takeAll } from './take-all.js'

/** How long whoever gives up waits for a step that is under way, so that what it makes is undone first. */
const UNDER_WAY_MS = 5000

/** The work's outcome, or the signal's reason when that comes first. */
export async function orGivenUp<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work
  work.catch(() => undefined)
  signal.throwIfAborted()
  const over = new AbortController()
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = () => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', giveUp, { signal: over.signal })
  })
  try {
    return await Promise.race([work, givenUp])
  } finally {
    over.abort()
  }
}

/** What has been made so far and how it is undone; each step may be given up while it is under way. */
export class UndoableSteps {
  private readonly undo: (() => Promise<unknown>)[] = []
  private latest: Promise<unknown> = Promise.resolve()
  private undone = false

  constructor(private readonly givenUp: AbortSignal) {}

  /** Takes a step; `undo` gets what it has made, even where that comes after it was given up. */
  async take<T>(step: Promise<T>, undo: (made: T) => Promise<unknown>): Promise<T> {
    const taken = step.then(async (made) => {
      if (this.undone) await undo(made)
      else this.add(() => undo(made))
      return made
    })
    this.latest = taken.catch(() => undefined)
    return await orGivenUp(taken, this.givenUp)
  }

  /** Adds what undoes a step that was taken. */
  add(undo: () => Promise<unknown>): void {
    this.undo.unshift(undo)
  }

  /** Undoes what was made, the newest first; a step that fails must not keep the others from being taken. */
  async undoAll(): Promise<void> {
    await Promise.race([this.latest, sleep(UNDER_WAY_MS, undefined, { ref: false })])
    this.undone = true
    await takeAll(this.undo).catch(() => undefined)
  }
}
