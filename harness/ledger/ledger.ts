import { TracerError } from '../errors.js'
import type { Evidence, LedgerEntry } from '../report.js'
import { assignSamples, joinLedger } from './join.js'
import { openSymbols, type Symbols } from './native.js'
import type { LiveFile, Tracer, TracerSnapshot } from './records.js'
import { Sampler, type LoadLibrary } from './sampler.js'
import { readSockets, type SocketDescription } from './sockets.js'
import { describeTarget, readLiveTable } from './targets.js'
import { startTracer } from './tracer.js'

export const traceModes = ['auto', 'ebpf', 'none'] as const
export type TraceMode = (typeof traceModes)[number]

/** Every live descriptor with its origin, and how complete that is. */
export interface LedgerReading {
  entries: LedgerEntry[]
  evidence: Evidence
  /** What /proc/PID/fd/N linked to, by number: an engine that names another link speaks of another file. */
  links: Map<number, string>
}

/** The live table at one moment, with everything that must be asked of the kernel while it lasts. */
export interface Capture {
  pid: number
  snapshot: TracerSnapshot | null
  live: LiveFile[]
  sockets: Map<number, SocketDescription>
  symbols: Symbols
}

/** The ledger of one app: its two observers and what joins them. */
export class Ledger {
  private tracer: Tracer | null = null
  /** Why there is no tracer, or no longer one. */
  private trouble: string | null = null
  private lost = false
  private releasedAt = 0

  private constructor(
    private readonly sampler: Sampler | null,
    private readonly mode: TraceMode,
  ) {}

  /** Decides what can observe; nothing runs yet. */
  static async prepare(folder: string, mode: TraceMode, bootStacks = false): Promise<Ledger> {
    const sampler = mode !== 'none' && (await Sampler.isBuilt()) ? new Sampler(folder, bootStacks) : null
    const ledger = new Ledger(sampler, mode)
    if (mode === 'none') ledger.trouble = 'tracing was switched off with --trace none'
    else if (sampler === null)
      ledger.trouble =
        'the profiler is not built for this machine, so there are no Java stacks; run "npm run build"'
    return ledger
  }

  /** What the app's JVM must be started with. */
  get jvmOptions(): string[] {
    return this.sampler?.jvmOptions ?? []
  }

  /** What the app's environment must have beside its own. */
  environment(preloaded: string | undefined): Record<string, string> {
    return this.sampler?.environment(preloaded) ?? {}
  }

  /** The profiler's open recording, where it is there before the JVM: a CRaC JDK would close what it inherits. */
  get inheritedRecording(): string | null {
    return this.sampler !== null && 'LD_PRELOAD' in this.sampler.environment(undefined)
      ? this.sampler.recording
      : null
  }

  /** Attaches the tracer to a held process. Without the rights for it the check goes on, without evidence. */
  async observe(pid: number): Promise<void> {
    if (this.mode === 'none') return
    try {
      const tracer = await startTracer(pid, { signal: this.sampler !== null })
      this.tracer = tracer
      void tracer.lost.then((reason) => {
        this.lost = true
        this.trouble = `the tracer was lost: ${reason}`
      })
    } catch (error) {
      if (!(error instanceof TracerError) || this.mode === 'ebpf') throw error
      this.trouble = error.message
    }
  }

  /** To be called as the app is released: origins count their time from here. */
  released(): void {
    this.releasedAt = Number(process.hrtime.bigint())
  }

  /** Ends sampling: before a checkpoint the profiler may hold nothing. */
  async silence(load: LoadLibrary): Promise<void> {
    if (this.sampler === null) return
    try {
      await this.sampler.stop(load)
    } catch (error) {
      // An app without samples still has records; a profiler that holds on would show as a descriptor of its own.
      this.trouble = `the profiler could not be stopped: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /** Looks at the live table now. Nothing is asked of the app for it, so it may be in the middle of anything. */
  async capture(pid: number): Promise<Capture> {
    const [snapshot, sockets] = [await this.snapshot(pid), await readSockets(pid)]
    return {
      pid,
      snapshot,
      live: snapshot?.live ?? (await readLiveTable(pid)),
      sockets,
      symbols: await openSymbols(pid),
    }
  }

  /** Joins what was captured. Sampling must have been silenced, or the recording is not complete. */
  async read(captured: Capture): Promise<LedgerReading> {
    const { snapshot, live } = captured
    const links = new Map(live.map((each) => [each.fd, each.link]))
    if (snapshot === null) return { ...this.withoutRecords(captured), links }
    const records = snapshot.records.filter((record) => record.tgid === captured.pid)
    const samples = assignSamples(records, (await this.sampler?.samples(captured.pid)) ?? [])
    return {
      entries: joinLedger({
        records,
        live,
        samples,
        sockets: captured.sockets,
        releasedAt: this.releasedAt,
        nameAddress: (address) => captured.symbols.name(address),
      }),
      evidence: {
        tracer: 'ebpf',
        records: records.length,
        sampled: samples.size,
        unsampled: records.length - samples.size,
        lost: snapshot.lost,
        note: this.trouble,
      },
      links,
    }
  }

  async stop(): Promise<void> {
    await this.tracer?.stop()
  }

  private async snapshot(pid: number): Promise<TracerSnapshot | null> {
    if (this.tracer === null || this.lost) return null
    try {
      return await this.tracer.snapshot(pid)
    } catch (error) {
      this.lost = true
      this.trouble ??= error instanceof Error ? error.message : String(error)
      return null
    }
  }

  private withoutRecords({ live, sockets }: Capture): Pick<LedgerReading, 'entries' | 'evidence'> {
    const nothing = { origin: null, bound: null, listened: null, connected: null, missing: this.trouble }
    return {
      entries: live.map((each) => ({ fd: each.fd, ...describeTarget(each, sockets), ...nothing })),
      evidence: {
        tracer: this.lost ? 'lost' : 'none',
        records: 0,
        sampled: 0,
        unsampled: 0,
        lost: 0,
        note: this.trouble,
      },
    }
  }
}
