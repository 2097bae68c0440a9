import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { readSockets } from '../../ledger/table/sockets.js'
import { hostAndPort } from '../../model/endpoint.js'
import { describeTarget, readLiveTable } from '../../ledger/table/live-table.js'

/** Where Node's `fetch` keeps its connection pool; the symbol is undici's documented way for several copies to share one. */
const POOL = Symbol.for('undici.globalDispatcher.1')

interface Pool {
  close(): Promise<void>
}

interface Destroyable {
  destroy(): unknown
}

/** How long an answer that nobody has read to its end may hold its connection. */
const UNREAD_MS = 1000

/**
 * Ends the connections that `fetch` and Node's own agents keep for reuse. Those of a warm-up would be sockets that the
 * app has accepted: descriptors of the harness's making, which a checkpoint would refuse. The app gets a moment to see
 * that they ended.
 */
export async function closeIdleConnections(
  appPid: number,
  host: Host,
  contained: boolean,
  own: { close(): Promise<void> },
): Promise<void> {
  const before = await ownConnections()
  await own.close()
  const pool = takePool()
  const clients = pool === null ? [] : clientsOf(pool)
  // Those in use may lead to the Docker engine, and carry what an app prints.
  for (const agent of agents) for (const idle of Object.values(agent.freeSockets).flat()) idle?.destroy()
  await Promise.race([pool?.close(), sleep(UNREAD_MS, undefined, { ref: false })])
  // What is left is in use. It may be a test's beside this one: then it is no concern of this app.
  if (contained || (await areConnected(appPid, host, await ownConnections())))
    for (const client of clients) await client.destroy()
  if (contained) await settled(appPid, host)
  else for (let i = 0; i < 50 && (await areConnected(appPid, host, before)); i++) await sleep(20)
}

const agents = [http.globalAgent, https.globalAgent]

const ownConnections = async (): Promise<Set<string>> =>
  new Set((await connectionsOf(process.pid, localHost)).map(({ local }) => local))

/** The app's table may be long: it is read only where we have a connection at all. */
const areConnected = async (appPid: number, host: Host, ours: Set<string>): Promise<boolean> =>
  ours.size > 0 && (await connectionsOf(appPid, host)).some(({ remote }) => ours.has(remote))

/**
 * The pool of `fetch`, with a new one in its place, as a closed one refuses further requests. Read and replaced in one
 * go, as several apps may be checked side by side. Null where there is none, or one that the user has configured:
 * a new one would not be like it.
 */
function takePool(): Pool | null {
  const holder = globalThis as { [POOL]?: Pool }
  const pool = holder[POOL]
  if (pool?.constructor.name !== 'Agent') return null
  const fresh = new (pool.constructor as new () => Pool)()
  if (!isDeepStrictEqual(optionsOf(pool), optionsOf(fresh))) return null
  holder[POOL] = fresh
  return pool
}

const optionsOf = (pool: Pool): unknown => fieldOf(pool, 'options')

/** Those of each origin: a pool that is closed forgets them, and what is still in use can't be ended any more. */
function clientsOf(pool: Pool): Destroyable[] {
  const clients = fieldOf(pool, 'clients') as
    Map<string, Destroyable | { dispatcher: Destroyable }> | undefined
  return [...(clients?.values() ?? [])].map((each) => ('dispatcher' in each ? each.dispatcher : each))
}

function fieldOf(pool: Pool, name: string): unknown {
  const symbol = Object.getOwnPropertySymbols(pool).find(({ description }) => description === name)
  return symbol && (pool as unknown as Record<symbol, unknown>)[symbol]
}

/** Docker's proxy connects in our name, so ours can't be told: the app has seen their end when nothing changes any more. */
async function settled(appPid: number, host: Host): Promise<void> {
  let before = ''
  for (let i = 0, same = 0; i < 50 && same < 5; i++) {
    const now = JSON.stringify(await connectionsOf(appPid, host))
    same = now === before ? same + 1 : 0
    before = now
    await sleep(20)
  }
}

async function connectionsOf(pid: number, host: Host): Promise<{ local: string; remote: string }[]> {
  const sockets = await readSockets(pid, host)
  const live = await readLiveTable(pid, host)
  return live.flatMap((each) => {
    const { target } = describeTarget(each, sockets)
    if (target.is !== 'tcp' || target.remote === null) return []
    return [{ local: hostAndPort(target.local), remote: hostAndPort(target.remote) }]
  })
}
