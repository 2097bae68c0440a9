import { constants } from 'node:os'

/**
 * Aborted at the first Ctrl-C or SIGTERM, so that the app is stopped and nothing stays; a second one ends at once.
 * The handlers stay in place: `signal-exit`, which testcontainers brings along, kills this process where they are not.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(128 + constants.signals[signal])
      controller.abort(new Interrupted(signal))
    })
  return controller.signal
}

export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`)
  }
}
