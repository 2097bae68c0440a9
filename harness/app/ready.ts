import { within } from '../host/clock/within.js'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import type { AppOutput } from './output.js'
import { guessReady, untilStarted } from './readiness/guess.js'
import { listens } from './readiness/listening.js'

/** When the app counts as ready. Without one it is guessed: see `guessReady`. */
export type Ready =
  { log: RegExp } | { http: string } | { port: number } | { seconds: number } | { framework: string }

export interface Watched {
  pid: number
  /** Where its processes run; here unless given. */
  host?: Host
  output: AppOutput
  /** Where one of its ports can be reached from here. */
  address?: (port: number) => { host: string; port: number }
  /** The JVMs among its processes. */
  jvms: () => Promise<number[]>
  /** How many classes a JVM has loaded, and a dump of its threads; null where it doesn't tell. */
  classes?: (pid: number) => Promise<number | null>
  threads?: (pid: number) => Promise<string | null>
  /** Gets again and again what the wait is for, where that is more than the condition itself. */
  onWaiting?: (why: string) => void
}

/**
 * Waits until the app is ready; rejects with the signal's reason when that comes first. Says what it was taken as ready
 * for where there was no condition, else null.
 */
export async function untilReady(
  app: Watched,
  ready: Ready | undefined,
  signal: AbortSignal,
): Promise<string | null> {
  if (ready === undefined) return await guessReady(asGuessed(app), signal)
  if ('log' in ready) await app.output.line(ready.log, signal)
  else if ('http' in ready) await poll(() => serves(app, ready.http, signal), signal)
  else if ('port' in ready) await poll(() => listens(app.pid, ready.port, app.host), signal)
  else if ('framework' in ready) await untilStarted(asGuessed(app), ready.framework, signal)
  else await sleep(ready.seconds * 1000, undefined, { signal })
  return null
}

const unknown = () => Promise.resolve(null)

const asGuessed = ({ host = localHost, classes = unknown, threads = unknown, ...app }: Watched) => ({
  ...app,
  host,
  classes,
  threads,
})

/** Says what was waited for, for messages. */
export function describeReady(ready: Ready | undefined): string {
  if (ready === undefined) return 'the app to settle'
  if ('log' in ready) return `a line that matches ${String(ready.log)}`
  if ('http' in ready) return `an answer of its own processes at ${ready.http}`
  if ('port' in ready) return `one of its own processes to listen on port ${ready.port}`
  if ('framework' in ready) return `${ready.framework} to have started, with all that it runs at its start`
  return `${ready.seconds} s`
}

async function poll(attempt: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await attempt())) await sleep(50, undefined, { signal })
}

/** A URL on this machine as the app knows it: in a container the port is another one here. */
export function reachable(url: string, app: Pick<Watched, 'address'>): string {
  const inside = ownPort(url)
  if (!app.address || inside === null) return url
  const { host, port } = app.address(inside)
  if (port === inside) return url
  const parsed = new URL(url)
  parsed.host = `${host}:${port}`
  return parsed.href
}

/** The port of a URL on the app's own machine; null where it names another one. */
function ownPort(url: string): number | null {
  const { hostname, port, protocol } = new URL(url)
  if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return null
  return Number(port || (protocol === 'https:' ? 443 : 80))
}

/** Whose answer it is can be told of the app's own machine only. */
async function serves(app: Watched, url: string, signal: AbortSignal): Promise<boolean> {
  const port = ownPort(url)
  const fromHere = reachable(url, app)
  return (port === null || (await listens(app.pid, port, app.host))) && (await answers(fromHere, signal))
}

/** Any status below 500 counts: the app answers, even where the path needs a login. */
async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: within(5000, signal) })
    await response.body?.cancel()
    return response.status < 500
  } catch {
    return false
  }
}
