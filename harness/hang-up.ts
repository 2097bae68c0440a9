import { setTimeout as sleep } from 'node:timers/promises'
import { readSockets } from './ledger/sockets.js'
import { describeTarget, readLiveTable } from './ledger/targets.js'

/** Where Node's `fetch` keeps its connection pool; the symbol is undici's documented way for several copies to share one. */
const POOL = Symbol.for('undici.globalDispatcher.1')

interface Pool {
  close(): Promise<void>
}

/**
 * Ends the connections that `fetch` keeps for reuse. Those of a warm-up would be sockets that the app has accepted:
 * descriptors of the harness's making, which a checkpoint would refuse. The app gets a moment to see that they ended.
 */
export async function hangUp(appPid: number): Promise<void> {
  const holder = globalThis as { [POOL]?: Pool }
  const pool = holder[POOL]
  if (pool === undefined) return
  const ours = new Set((await connectionsOf(process.pid)).map(({ target }) => target.replace(/^tcp /, '')))
  // A closed pool refuses further requests, so later ones get a new one of the same make.
  const Make = pool.constructor as new () => Pool
  holder[POOL] = new Make()
  await pool.close()
  for (let i = 0; i < 50; i++) {
    const theirs = await connectionsOf(appPid)
    if (!theirs.some(({ peer }) => ours.has(peer))) return
    await sleep(20)
  }
}

async function connectionsOf(pid: number): Promise<{ target: string; peer: string }[]> {
  const sockets = await readSockets(pid)
  const live = await readLiveTable(pid)
  return live.flatMap((each) => {
    const { target, peer } = describeTarget(each, sockets)
    return peer === null ? [] : [{ target, peer }]
  })
}
