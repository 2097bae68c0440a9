import { setTimeout as sleep } from 'node:timers/promises'
import { orDiskFull, untilFull } from './disk-space.js'

/** How long a caller that gives up waits for a step that is under way, so that what it makes is undone first. */
const UNDER_WAY_MS = 5000
/** An app's end is known a moment after its connections have broken. */
const TOLD_WITHIN_MS = 500

/** Rejects when the app has died; `when` goes on from "The app ended (1) …". */
export type Death = (when: string) => Promise<never>

/** The scope of one run: what may end a step before its work is done, and how that which steps have made is undone. */
export class Run {
  private readonly undo: (() => Promise<unknown>)[] = []
  private latest: Promise<unknown> = Promise.resolve()
  private undone = false
  private death: Death | null = null
  private full = new Promise<never>(() => undefined)

  constructor(
    /** The harness's own folder. Where its disk is full, that is what steps fail of. */
    readonly folder: string,
    private givenUp: AbortSignal | undefined,
  ) {}

  /** Takes a step; `undo` gets what it has made, even where that comes after it was given up. */
  async step<T>(work: Promise<T>, undo?: (made: T) => Promise<unknown>): Promise<T> {
    const taken = work.then(async (made) => {
      if (undo === undefined) return made
      if (this.undone) await undo(made)
      else this.atEnd(() => undo(made))
      return made
    })
    this.latest = taken.catch(() => undefined)
    return await unlessAborted(taken, this.givenUp)
  }

  /** Adds what undoes something that was made. */
  atEnd(undo: () => Promise<unknown>): void {
    this.undo.unshift(undo)
  }

  /**
   * From now on the app runs: `alive` knows of its death, and of a disk that is full, as an app that can't print is never
   * ready and writes no image. Another signal may give up from here.
   */
  released(death: Death, givenUp: AbortSignal | undefined): void {
    this.death = death
    this.givenUp = givenUp
    const over = new AbortController()
    this.full = untilFull(this.folder, over.signal).then(() => new Promise<never>(() => undefined))
    this.full.catch(() => undefined)
    this.atEnd(() => {
      over.abort()
      return Promise.resolve()
    })
  }

  /** The outcome of work with the app; where the app dies of it or before it, or fills the disk, that comes first. */
  async alive<T>(work: Promise<T>, when: string): Promise<T> {
    const died = this.death?.(when) ?? new Promise<never>(() => undefined)
    died.catch(() => undefined)
    return await unlessAborted(
      Promise.race([died, this.full, work]).catch(async (error: unknown) => {
        await Promise.race([died, sleep(TOLD_WITHIN_MS)])
        throw error
      }),
      this.givenUp,
    )
  }

  /** The error as it is, or as one of a full disk. */
  explained(error: unknown): Promise<unknown> {
    return orDiskFull(error, this.folder)
  }

  /** Undoes what was made, the newest first. Rejects with what failed. */
  async end(): Promise<void> {
    await Promise.race([this.latest, sleep(UNDER_WAY_MS, undefined, { ref: false })])
    this.undone = true
    await runAll(this.undo.splice(0))
  }
}

/** The work's outcome, or the signal's reason when that comes first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  work.catch(() => undefined)
  signal.throwIfAborted()
  let giveUp: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => {
      reject(signal.reason as Error)
    }
  })
  // Not by the option `signal`: Node 20 keeps that of the latest listener only, and all others would stay for ever.
  signal.addEventListener('abort', giveUp)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** Takes one step after the other; one that fails must not keep the others from being taken. Rejects with what failed. */
export async function runAll(steps: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps)
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'))
  if (failures.length === 1) throw failures[0]
}
