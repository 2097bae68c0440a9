import type { Host } from '../../../host/host.js'
import type { Tracer, TracerRecord, TracerSnapshot } from '../../records.js'
import { borrowTracer } from './tracer-shared.js'
import { withoutType, type TracerLine } from './tracer-lines.js'

export interface TracerOptions {
  /** Ask each thread for its Java stack (SIGPROF) when it creates a file; true unless the profiler is not there. */
  signal?: boolean
  /** Where the process runs; this machine by default. */
  host?: Host
}

/** Attaches the tracer to a process that is held at its first instruction. The caller releases the process. */
export async function startTracer(pid: number, options: TracerOptions = {}): Promise<Tracer> {
  const { connection, shortfall, giveBack } = await borrowTracer(options.host)
  const signal = options.signal === false ? ' signal 0' : ''
  try {
    await connection.ask(`trace ${pid}${signal}\n`, is('ready'))
  } catch (error) {
    await giveBack()
    throw error
  }
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    // A tracer that is gone has forgotten everything.
    await connection.ask(`forget ${pid}\n`, is('forgotten')).catch(() => undefined)
    await giveBack()
  }
  return {
    snapshot: async (ofPid) => toSnapshot(await connection.ask(`snapshot ${ofPid}\n`, is('snapshot-end'))),
    stop: () => (stopped ??= stop()),
    shortfall,
    lost: new Promise((resolve) => {
      void connection.lost.then((reason) => {
        if (stopped === undefined) resolve(reason)
      })
    }),
  }
}

const is =
  (type: TracerLine['type']) =>
  (line: TracerLine): boolean =>
    line.type === type

/** A descriptor that was duplicated is there twice; its file's records are the same and are wanted once. */
function toSnapshot(lines: TracerLine[]): TracerSnapshot {
  const records = new Map<string, TracerRecord>()
  const losses = { noRoom: 0, unpaired: 0, missed: 0 }
  const snapshot: TracerSnapshot = { records: [], live: [], seen: 0, lost: 0, losses }
  for (const line of lines) {
    if (line.type === 'record') records.set(`${line.file} ${line.kind}`, withoutType(line))
    else if (line.type === 'live') snapshot.live.push(withoutType(line))
    else if (line.type === 'snapshot-end') {
      Object.assign(snapshot, { seen: line.seen, lost: line.lost })
      Object.assign(losses, { noRoom: line.dropped, unpaired: line.unpaired, missed: line.missed })
    }
  }
  return { ...snapshot, records: [...records.values()] }
}
