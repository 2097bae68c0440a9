import { TracerError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import type { Evidence } from '../model/report.js'
import { captureTable, type Capture } from './table/capture.js'
import { chooseObservers, type Choice, type TraceMode } from './observers/select.js'
import { completeRecords } from './observers/preload/match-preload.js'
import { assignSamples } from './join.js'
import { Preload, type PreloadReading } from './observers/preload/preload.js'
import { tellBoth, tellKernel, tellTable, type LedgerReading, type Stacks, type Told } from './assemble.js'
import type { Tracer, TracerRecord, TracerSnapshot } from './records.js'
import { Sampler, type LoadLibrary } from './observers/profiler/sampler.js'
import { readLiveTable } from './table/live-table.js'
import { startTracer } from './observers/kernel/tracer.js'
import { endTrial } from './observers/kernel/tracer-shared.js'

export type { Capture } from './table/capture.js'
export { traceModes, type TraceMode } from './observers/select.js'
export type { LedgerReading } from './assemble.js'

export interface LedgerOptions {
  /** The profiler takes native stacks of what the JVM opens before its agents are up; the preloaded library always does. */
  bootStacks?: boolean
  /** With eBPF, Java stacks by the profiler's signals also where the preloaded library could take them. */
  profiler?: boolean
  /** Where the app's processes run; here unless given. */
  host?: Host
  /** How the app is observed there, and why so, for the evidence. */
  told?: string | null
}

/** The ledger of one app: its observers and what joins them. */
export class Ledger {
  private tracer: Tracer | null = null
  /** Why there is no tracer, or no longer one. */
  private trouble: string | null = null
  private lost = false
  private preloadLost = false
  private releasedAt = 0
  private readonly host: Host

  private constructor(
    private readonly folder: string,
    private readonly mode: TraceMode,
    private readonly options: LedgerOptions,
    private readonly choice: Choice,
    private sampler: Sampler | null,
    private preload: Preload | null,
  ) {
    this.host = options.host ?? localHost
  }

  /** Decides what can observe; nothing runs yet. */
  static async prepare(folder: string, mode: TraceMode, options: LedgerOptions = {}): Promise<Ledger> {
    const choice = await chooseObservers(mode, options.profiler, options.host)
    const preload = choice.preload ? new Preload(folder, options.host) : null
    const ledger = new Ledger(folder, mode, options, choice, null, preload)
    if (!choice.ebpf && !choice.preload) ledger.trouble = choice.why
    if (choice.profiler) await ledger.useProfiler()
    return ledger
  }

  /** To be told which launcher will run, before the options are taken: not every one can be preloaded. */
  async launches(java: string): Promise<void> {
    if (this.preload === null || (await Preload.canEnter(java))) return
    const why = `${java} takes no LD_PRELOAD: it is set-uid, has file capabilities, or is linked statically`
    if (!this.choice.ebpf || this.choice.profiler)
      throw new TracerError(
        'TRACER_MISSING',
        `The preloaded library can't be used: ${why}. Use --trace ebpf.`,
      )
    this.preload = null
    await this.useProfiler()
  }

  private async useProfiler(): Promise<void> {
    if (await Sampler.isBuilt())
      this.sampler = new Sampler(this.folder, this.options.bootStacks ?? false, this.host)
    else
      this.trouble =
        'the profiler is not built for this machine, so there are no Java stacks; run "npm run build"'
  }

  /** In one line, what `auto` has chosen and why; null where the user has. */
  get chosen(): string | null {
    return this.mode === 'auto' ? this.choice.why : null
  }

  /** To be called before the options are taken, where the ledger is to be read when the JVM has ended: `readAtExit`. */
  keepAtDeath(): void {
    this.preload?.keepAtDeath()
  }

  /** What the app's JVM must be started with. */
  get jvmOptions(): string[] {
    return [...(this.preload?.jvmOptions ?? []), ...(this.sampler?.jvmOptions ?? [])]
  }

  /** What the app's environment must have beside its own. */
  environment(preloaded: string | undefined): Record<string, string> {
    const sampler = this.sampler?.environment(preloaded) ?? {}
    return { ...sampler, ...this.preload?.environment(sampler.LD_PRELOAD ?? preloaded) }
  }

  /** The profiler's open recording, where it is there before the JVM: a CRaC JDK would close what it inherits. */
  get inheritedRecording(): string | null {
    return this.sampler !== null && 'LD_PRELOAD' in this.sampler.environment(undefined)
      ? this.sampler.recording
      : null
  }

  /** Attaches the tracer to a held process. Without the rights for it the check goes on, without evidence. */
  async observe(pid: number): Promise<void> {
    this.preload?.holds(await readLiveTable(pid, this.host))
    if (!this.choice.ebpf) return
    try {
      const tracer = await startTracer(pid, { signal: this.sampler !== null, host: this.host })
      this.tracer = tracer
      void tracer.lost.then((reason) => {
        this.lost = true
        this.trouble = `the tracer was lost: ${reason}`
      })
    } catch (error) {
      if (!(error instanceof TracerError) || this.mode !== 'auto') throw error
      this.trouble = error.message
    }
  }

  /** To be called as the app is released: origins count their time from here. */
  async released(): Promise<void> {
    this.releasedAt = await this.host.now()
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
    return await captureTable(pid, this.host, () => this.snapshot(pid))
  }

  /**
   * Joins what was captured. Sampling must have been silenced, or the recording is not complete. Through `load` the
   * preloaded library is asked for what it knows; it still knows what has been closed since the capture.
   */
  async read(captured: Capture, load?: LoadLibrary): Promise<LedgerReading> {
    const links = new Map(captured.live.map((each) => [each.fd, each.link]))
    const preload = this.preload && load ? await this.readPreload(this.preload, captured, load) : null
    const { snapshot } = captured
    if (snapshot === null) {
      const tracer = this.lost || this.preloadLost ? 'lost' : 'none'
      const { entries, evidence } =
        preload?.told() ?? tellTable(captured, tracer, this.trouble, [this.options.told])
      // Without the kernel's records those of the library still stand; but they need not be all.
      const whole: Evidence = this.lost ? { ...evidence, tracer } : evidence
      return { entries, evidence: whole, links, differences: [] }
    }
    const kernel = await this.readKernel(captured, snapshot, preload)
    if (preload === null || this.sampler === null) return { ...kernel, links, differences: [] }
    return { ...tellBoth(kernel, preload.told(), captured.live), links }
  }

  /** The same of a JVM that is held at its end: it can't be asked any more, and its profiler has written by itself. */
  async readAtExit(captured: Capture): Promise<LedgerReading> {
    return await this.read(captured, this.preload?.afterDeath(captured.ownPid))
  }

  private async readKernel(
    captured: Capture,
    snapshot: TracerSnapshot,
    preload: PreloadReading | null,
  ): Promise<Told> {
    const seen = snapshot.records.filter((record) => record.tgid === captured.pid)
    const stacks = await this.withStacks(seen, captured, preload)
    const notes = [this.trouble, this.tracer?.shortfall, this.sampler?.damage, this.options.told]
    return await tellKernel(captured, snapshot, stacks, { releasedAt: this.releasedAt, notes })
  }

  /** The kernel's records and whose Java stacks there are for them: the profiler's where it ran, else the preloaded library's. */
  private async withStacks(
    records: TracerRecord[],
    captured: Capture,
    preload: PreloadReading | null,
  ): Promise<Stacks> {
    if (this.sampler !== null)
      return { records, samples: assignSamples(records, await this.sampler.samples(captured.ownPid)) }
    return preload === null
      ? { records, samples: new Map() }
      : completeRecords(records, captured.live, preload.knowledge)
  }

  private async readPreload(
    preload: Preload,
    captured: Capture,
    load: LoadLibrary,
  ): Promise<PreloadReading | null> {
    try {
      const dump = await preload.dump(load, captured.at)
      await captured.symbols.load([...dump.stacks.values()].flatMap(({ native }) => native))
      return preload.read(dump, {
        ...captured,
        releasedAt: this.releasedAt,
        nameAddress: (address) => captured.symbols.name(address),
        notes: [this.trouble ?? this.choice.note, captured.peersTrouble, this.options.told],
      })
    } catch (error) {
      if (!(error instanceof TracerError)) throw error
      this.preloadLost = true
      this.trouble = error.message
      return null
    }
  }

  async stop(): Promise<void> {
    await this.tracer?.stop()
    // An app that never came to be observed leaves the tracer that was loaded on trial.
    await endTrial(this.host)
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
}
