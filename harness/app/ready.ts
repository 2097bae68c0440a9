import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import { descendantsOf } from './container/processes.js'
import { listenersIn } from './listening.js'
import type { AppOutput } from './output.js'

/** When the app counts as ready. Without one it is ready when it has settled: see `settled`. */
export type Ready = { log: RegExp } | { http: string } | { port: number } | { seconds: number }

export interface Watched {
  pid: number
  /** Where its processes run; here unless given. */
  host?: Host
  output: AppOutput
  /** Where one of its ports can be reached from here. */
  address?: (port: number) => { host: string; port: number }
  /** The JVMs among its processes. */
  jvms: () => Promise<number[]>
}

/** Waits until the app is ready; rejects with the signal's reason when that comes first. */
export async function untilReady(app: Watched, ready: Ready | undefined, signal: AbortSignal): Promise<void> {
  if (ready === undefined) await settled(app, signal)
  else if ('log' in ready) await app.output.line(ready.log, signal)
  else if ('http' in ready) await poll(() => serves(app, ready.http, signal), signal)
  else if ('port' in ready) await poll(() => listens(app, ready.port), signal)
  else await sleep(ready.seconds * 1000, undefined, { signal })
}

/** Says what was waited for, for messages. */
export function describeReady(ready: Ready | undefined): string {
  if (ready === undefined) return 'a JVM among its processes, and for it to settle'
  if ('log' in ready) return `a line that matches ${String(ready.log)}`
  if ('http' in ready) return `an answer of its own processes at ${ready.http}`
  if ('port' in ready) return `one of its own processes to listen on port ${ready.port}`
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
  return (port === null || (await listens(app, port))) && (await answers(fromHere, signal))
}

/**
 * Whether the app itself listens on a port. A connection would not tell: it may be accepted by whoever had the port
 * before, or by Docker's proxy, which is there before the app is.
 */
async function listens({ pid, host = localHost }: Watched, port: number): Promise<boolean> {
  const listeners = await listenersOn(port, pid, host)
  if (listeners.size === 0) return false
  for (const each of await descendantsOf(pid, host))
    for (const fd of await host.readdir(`/proc/${each}/fd`).catch(() => []))
      if (listeners.has(await host.readlink(`/proc/${each}/fd/${fd}`).catch(() => ''))) return true
  return false
}

/** Every socket that listens on a port in the process's network namespace, as a link of a descriptor names it. */
async function listenersOn(port: number, pid: number, host: Host): Promise<Set<string>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => host.readText(`/proc/${pid}/net/${table}`).catch(() => '')),
  )
  return new Set(tables.flatMap((table) => listenersIn(table, port)).map((inode) => `socket:[${inode}]`))
}

/** Any status below 500 counts: the app answers, even where the path needs a login. */
async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) })
    await response.body?.cancel()
    return response.status < 500
  } catch {
    return false
  }
}

/**
 * Ready by default: for two seconds the app has printed nothing, and its JVMs and the number of descriptors of each have
 * not changed. What starts them, an init or a script, says nothing, and may take its time before it does.
 */
async function settled({ host = localHost, output, jvms }: Watched, signal: AbortSignal): Promise<void> {
  let before = ''
  let since = performance.now()
  while (performance.now() - since < 2000) {
    const now = await openIn(await jvms(), host)
    if (now === '' || now !== before || output.lastPrinted > since) since = performance.now()
    before = now
    await sleep(100, undefined, { signal })
  }
}

/** Which processes they are and how many descriptors each of them has, to be compared. */
async function openIn(pids: number[], host: Host): Promise<string> {
  const counts = pids.map(async (pid) => {
    const open = await host.readdir(`/proc/${pid}/fd`).catch(() => [])
    return `${pid}: ${open.length}`
  })
  return (await Promise.all(counts)).join()
}
