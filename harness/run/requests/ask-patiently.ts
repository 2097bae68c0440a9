import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, PreflightError } from '../../model/errors.js'
import type { RunningApp } from '../running-app.js'

/** What an afterRestore starts on another thread may take its time; a machine may be a slow one. */
const PAUSES_MS = [500, 1000, 2000, 4000]

/** An app whose death ends what it is asked. */
type Living = RunningApp & { alive: <T>(work: Promise<T>, when: string) => Promise<T> }

/** Why the app doesn't answer, however often it is asked; null when it does. */
export async function failureOf(
  app: Living,
  warmUp: (app: RunningApp) => Promise<void>,
): Promise<string | null> {
  for (let attempt = 0; ; attempt++)
    try {
      await app.alive(warmUp(app), 'when it was asked again after afterRestore')
      return null
    } catch (error) {
      const pause = PAUSES_MS[attempt]
      if (pause === undefined || hasDied(error)) return reasonOf(error).split('\n')[0] ?? ''
      await sleep(pause)
    }
}

const hasDied = (error: unknown): boolean => error instanceof AppError && error.code === 'APP_DIED'

/** With its cause: `fetch` itself says no more than that it failed. Errors of ours say all that there is to say. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof PreflightError) return error.message
  const { code, message } = (error.cause ?? {}) as { code?: unknown; message?: string }
  // Of our own errors the code is for programs; of the system's it says more than the message.
  const cause = typeof code === 'string' && !(error.cause instanceof PreflightError) ? code : message
  return cause === undefined ? error.message : `${error.message} (${cause})`
}
