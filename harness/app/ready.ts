import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { localHost, type Host } from '../host.js'
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
  /** Where its file system begins on that machine; null where it is the machine's own. */
  root?: string | null
}

/** Waits until the app is ready; rejects with the signal's reason when that comes first. */
export async function untilReady(app: Watched, ready: Ready | undefined, signal: AbortSignal): Promise<void> {
  if (ready === undefined) await settled(app, signal)
  else if ('log' in ready) await app.output.line(ready.log, signal)
  else if ('http' in ready) await poll(() => answers(reachable(ready.http, app), signal), signal)
  else if ('port' in ready)
    await poll(() => (app.root ? listens(app, ready.port) : accepts(ready.port)), signal)
  else await sleep(ready.seconds * 1000, undefined, { signal })
}

/** Says what was waited for, for messages. */
export function describeReady(ready: Ready | undefined): string {
  if (ready === undefined) return 'the app to settle'
  if ('log' in ready) return `a line that matches ${String(ready.log)}`
  if ('http' in ready) return `an answer from ${ready.http}`
  if ('port' in ready) return `port ${ready.port} to accept connections`
  return `${ready.seconds} s`
}

async function poll(attempt: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await attempt())) await sleep(50, undefined, { signal })
}

/** A URL on this machine as the app knows it: in a container the port is another one here. */
export function reachable(url: string, app: Pick<Watched, 'address'>): string {
  const parsed = new URL(url)
  if (!app.address || !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(parsed.hostname)) return url
  const { host, port } = app.address(Number(parsed.port || (parsed.protocol === 'https:' ? 443 : 80)))
  if (String(port) === parsed.port) return url
  parsed.host = `${host}:${port}`
  return parsed.href
}

/** Seen from outside: Docker's proxy accepts connections to a port on which the app does not listen yet. */
async function listens({ pid, host = localHost }: Watched, port: number): Promise<boolean> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  for (const table of ['tcp', 'tcp6']) {
    const rows = (await host.readText(`/proc/${pid}/net/${table}`).catch(() => '')).split('\n')
    const fields = rows.map((row) => row.trim().split(/\s+/))
    if (fields.some(([, local, , state]) => local?.endsWith(suffix) === true && state === '0A')) return true
  }
  return false
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

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ host: '127.0.0.1', port })
    probe.setTimeout(1000, () => probe.destroy())
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', () => undefined)
    probe.on('close', () => {
      resolve(false)
    })
  })
}

/** Ready by default: for two seconds the app has printed nothing and its number of descriptors has not changed. */
async function settled({ pid, host = localHost, output }: Watched, signal: AbortSignal): Promise<void> {
  let open = -1
  let since = performance.now()
  while (performance.now() - since < 2000) {
    const now = (await host.readdir(`/proc/${pid}/fd`).catch(() => [])).length
    if (now !== open || output.lastPrinted > since) since = performance.now()
    open = now
    await sleep(100, undefined, { signal })
  }
}
