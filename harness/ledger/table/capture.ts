import type { Host } from '../../host/host.js'
import { readWatches } from './epoll.js'
import { openSymbols, type Symbols } from '../symbols/native.js'
import type { Watched } from '../../host/procfs/fds.js'
import { ownPidOf } from '../../host/procfs/status.js'
import { addLocks } from './locks.js'
import { describeTrouble } from './other-ends.js'
import { addPeers } from './peers.js'
import { addPipeEnds } from './pipes.js'
import type { LiveFile, TracerSnapshot } from '../records.js'
import { readSockets, type SocketDescription } from './sockets.js'
import { addStat, readLiveTable } from './live-table.js'

/** The live table at one moment, with everything that must be asked of the kernel while it lasts. */
export interface Capture {
  pid: number
  /** The same process in its own pid namespace. */
  ownPid: number
  /** When, CLOCK_MONOTONIC nanoseconds. */
  at: number
  snapshot: TracerSnapshot | null
  live: LiveFile[]
  sockets: Map<number, SocketDescription>
  /** Why it is not known of every socket and pipe who is at its other end; null where nobody asks or all is known. */
  peersTrouble: string | null
  watches: Map<number, Watched[]>
  /** What the kernel calls the program that the process runs. */
  program: string
  symbols: Symbols
}

/** Looks at all of it now. Nothing is asked of the app for it, so it may be in the middle of anything. */
export async function captureTable(
  pid: number,
  host: Host,
  takeSnapshot: () => Promise<TracerSnapshot | null>,
): Promise<Capture> {
  const at = await host.now()
  const snapshot = await takeSnapshot()
  const open = snapshot ? await addStat(pid, snapshot.live, host) : await readLiveTable(pid, host)
  const pipes = await addPipeEnds(pid, await addLocks(pid, open, host), host)
  const { live } = pipes
  const watches = await readWatches(pid, live, host)
  const peers = await addPeers(pid, live, await readSockets(pid, host), host)
  return {
    pid,
    ownPid: await ownPidOf(pid, host),
    at,
    snapshot,
    live,
    sockets: peers.sockets,
    peersTrouble: describeTrouble({ 'unix sockets': peers.trouble, pipes: pipes.trouble }),
    watches,
    program: (await host.readText(`/proc/${pid}/comm`).catch(() => '')).trimEnd(),
    symbols: await openSymbols(pid, host),
  }
}
