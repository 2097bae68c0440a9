import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { probesFolder } from '../package-root.js'
import type { Tracer, TracerRecord, TracerSnapshot } from './records.js'
import { TracerConnection } from './tracer-connection.js'
import { withoutType, type TracerLine } from './tracer-lines.js'

export interface TracerOptions {
  /** Ask each thread for its Java stack (SIGPROF) when it creates a file; true unless the profiler is not there. */
  signal?: boolean
  /** How long the tracer may take to attach, and for each answer. */
  timeoutMs?: number
}

/** Attaches the tracer to a process that is held at its first instruction. The caller releases the process. */
export async function startTracer(pid: number, options: TracerOptions = {}): Promise<Tracer> {
  const binary = join(probesFolder, 'fdtrace')
  const timeoutMs = options.timeoutMs ?? 15_000
  const flags = options.signal === false ? ['--signal', '0'] : []
  // A session of its own: Ctrl-C in the terminal must not end the tracer before the harness has its snapshot.
  const child = spawn(binary, ['--pid', String(pid), ...flags], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const connection = new TracerConnection(child, binary, timeoutMs)
  try {
    await connection.ask('', (line) => line.type === 'ready')
  } catch (error) {
    await connection.stop()
    throw connection.withDiagnostics(error)
  }
  return {
    snapshot: async (ofPid) => toSnapshot(await connection.ask(`snapshot ${ofPid}\n`, isEnd)),
    stop: () => connection.stop(),
    lost: connection.lost,
  }
}

const isEnd = (line: TracerLine): boolean => line.type === 'snapshot-end'

/** A descriptor that was duplicated is there twice; its file's records are the same and are wanted once. */
function toSnapshot(lines: TracerLine[]): TracerSnapshot {
  const records = new Map<string, TracerRecord>()
  const snapshot: TracerSnapshot = { records: [], live: [], seen: 0, lost: 0 }
  for (const line of lines) {
    if (line.type === 'record') records.set(`${line.file} ${line.kind}`, withoutType(line))
    else if (line.type === 'live') snapshot.live.push(withoutType(line))
    else if (line.type === 'snapshot-end') Object.assign(snapshot, { seen: line.seen, lost: line.lost })
  }
  return { ...snapshot, records: [...records.values()] }
}
