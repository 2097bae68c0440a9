import { setTimeout as sleep } from 'node:timers/promises'
import { localHost, type Host } from './host.js'
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
export async function hangUp(appPid: number, host: Host, contained: boolean): Promise<void> {
  const holder = globalThis as { [POOL]?: Pool }
  if (holder[POOL] === undefined) return
  const ours = new Set(
    (await connectionsOf(process.pid, localHost)).map(({ target }) => target.replace(/^tcp /, '')),
  )
  // Read and replaced in one go, as several apps may be checked side by side.
  // A closed pool refuses further requests, so later ones get a new one of the same make.
  const pool = holder[POOL]
  const Make = pool.constructor as new () => Pool
  holder[POOL] = new Make()
  await pool.close()
  if (contained) {
    await settled(appPid, host)
    return
  }
  for (let i = 0; i < 50; i++) {
    const theirs = await connectionsOf(appPid, host)
    if (!theirs.some(({ peer }) => ours.has(peer))) return
    await sleep(20)
  }
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

async function connectionsOf(pid: number, host: Host): Promise<{ target: string; peer: string }[]> {
  const sockets = await readSockets(pid, host)
  const live = await readLiveTable(pid, host)
  return live.flatMap((each) => {
    const { target, peer } = describeTarget(each, sockets)
    return peer === null ? [] : [{ target, peer }]
  })
}
