/** Aborted at the first Ctrl-C or SIGTERM, so that the app is stopped and nothing stays; a second one ends at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      controller.abort(new Interrupted(signal))
    })
  return controller.signal
}

export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`)
  }
}
