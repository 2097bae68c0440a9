import { setMaxListeners } from 'node:events'
import { constants } from 'node:os'

/** Longer than this nobody waits for an app that doesn't end, or for an engine that doesn't answer. */
const GIVEN_MS = 2500

/**
 * Aborted at the first Ctrl-C or SIGTERM, so that the app is stopped and nothing stays; a second one ends at once, and so
 * does time: the guards end and remove then what is left.
 * The handlers stay in place: `signal-exit`, which testcontainers brings along, kills this process where they are not.
 */
export function interruption(first: 'gives up' | 'asks for the list' = 'gives up'): AbortSignal {
  const controller = new AbortController()
  // As many as apps are checked at a time, each in some steps.
  setMaxListeners(0, controller.signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(128 + constants.signals[signal])
      controller.abort(new Interrupted(signal))
      if (first !== 'gives up') return
      setTimeout(() => {
        process.stderr.write(`crac-preflight: Stopped by ${signal}. What it started is being ended.\n`)
        process.exit(INTERRUPTED)
      }, GIVEN_MS).unref()
    })
  return controller.signal
}

/** The exit code of what was interrupted, by whichever signal. */
export const INTERRUPTED = 130

export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`)
  }
}
