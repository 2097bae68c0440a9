import { join } from 'node:path'
import type { Host } from '../../../host/host.js'
import { localHost } from '../../../host/local-host.js'
import { probesFolder } from '../../../host/package-root.js'
import { shortfall } from './shortfall.js'
import { TracerConnection } from './tracer-connection.js'

const TIMEOUT_MS = 15_000
/** An old kernel is asked program by program. */
const START_TIMEOUT_MS = 120_000

/** A tracer at work, and by how many it is used. */
interface Shared {
  tracer: Promise<Pick<Borrowed, 'connection' | 'shortfall'>>
  users: number
  endTrial?: () => Promise<void>
}

/** The tracer of each machine: loaded for its first app, ended with its last. */
const tracers = new WeakMap<Host['machine'], Shared>()

/** A tracer for one more app; the last one to give it back ends it. */
export interface Borrowed {
  connection: TracerConnection
  /** What it does without; null where it lacks nothing. */
  shortfall: string | null
  giveBack: () => Promise<void>
}

/** Shares the tracer that this harness has on that machine, or loads it. */
export async function borrowTracer(host: Host = localHost): Promise<Borrowed> {
  const shared = tracers.get(host.machine) ?? load(host)
  shared.users++
  const { connection, shortfall } = await shared.tracer
  await shared.endTrial?.()
  let given: Promise<void> | undefined
  const giveBack = async (): Promise<void> => {
    if (--shared.users > 0) return
    if (tracers.get(host.machine) === shared) tracers.delete(host.machine)
    await connection.stop()
  }
  return { connection, shortfall, giveBack: () => (given ??= giveBack()) }
}

/** Loads the tracer to see whether the kernel takes it. It waits for the first app, or for `endTrial`. */
export async function tryTracer(host: Host = localHost): Promise<void> {
  const { giveBack } = await borrowTracer(host)
  const shared = tracers.get(host.machine)
  if (shared) shared.endTrial = giveBack
  else await giveBack()
}

/** Ends a tracer that no app has come for. */
export async function endTrial(host: Host = localHost): Promise<void> {
  await tracers.get(host.machine)?.endTrial?.()
}

function load(host: Host): Shared {
  const shared = { tracer: open(host), users: 0 }
  tracers.set(host.machine, shared)
  const leave = (): void => {
    if (tracers.get(host.machine) === shared) tracers.delete(host.machine)
  }
  // The next one after a failure or a loss tries again.
  shared.tracer.then(({ connection }) => connection.lost.then(leave), leave)
  return shared
}

async function open(host: Host): Promise<Pick<Borrowed, 'connection' | 'shortfall'>> {
  const binary = join(probesFolder, 'fdtrace')
  const connection = new TracerConnection(host.run(binary, []), binary, TIMEOUT_MS)
  try {
    const lines = await connection.ask('', (line) => line.type === 'loaded', START_TIMEOUT_MS)
    const loaded = lines.find((line) => line.type === 'loaded')
    return { connection, shortfall: loaded === undefined ? null : shortfall(loaded) }
  } catch (error) {
    await connection.stop()
    throw error
  }
}
