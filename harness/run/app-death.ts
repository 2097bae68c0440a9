import { setTimeout as sleep } from 'node:timers/promises'
import type { StartedApp } from '../app/held.js'
import { AppError } from '../model/errors.js'
import type { OwnCheckpoint } from './app-checkpoint.js'

/** An app's end is told a moment after its connections have broken. */
const TOLD_WITHIN_MS = 500

/** Rejects when the app has died; `when` goes on from "The app ended (1) …". */
export async function untilDied(
  { exited, output }: Pick<StartedApp, 'exited' | 'output'>,
  ownCheckpoint: OwnCheckpoint,
  when: string,
): Promise<never> {
  const exit = await exited
  // It may have ended with the checkpoint that it asked for itself: what came of that is read to its end.
  if ((await ownCheckpoint.stop()) !== null) return await new Promise<never>(() => undefined)
  throw new AppError('APP_DIED', `The app ended (${exit}) ${when}. What it printed last:`, output.tail(40))
}

/** The work's outcome; where the app died of it or before it, that comes first. */
export async function orDied<T>(work: Promise<T>, died: Promise<never>): Promise<T> {
  died.catch(() => undefined)
  work.catch(() => undefined)
  try {
    return await Promise.race([died, work])
  } catch (error) {
    await Promise.race([died, sleep(TOLD_WITHIN_MS)])
    throw error
  }
}
