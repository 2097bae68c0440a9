import type { StartedApp } from '../app/held.js'
import type { AppSpec } from '../app/spec.js'
import { maskError, maskOf } from '../model/mask.js'
import type { Report } from '../model/report.js'
import type { Restoration } from '../model/restoration.js'
import { toLedgerEntry } from '../model/target.js'
import type { Run } from './scope/cancellation.js'
import { CheckpointRequest, quieted } from './checkpoint-request.js'
import type { CheckpointedApp } from './checkpointed-app.js'
import type { Host } from '../host/host.js'
import { timed } from '../host/diagnosis/profile.js'
import type { Launch } from './launch/launch.js'
import { selectJvm } from '../jvm/select-jvm.js'
import type { LedgerReading, RunningLedger } from '../ledger/ledger.js'
import type { AppCheckpoint } from './app-checkpoint.js'
import { actualLaunch } from './crac/actual-launch.js'
import { AppRequests } from './requests/app-requests.js'
import type { LedgerForUsers, RunningApp } from './running-app.js'
import { notRestored } from './restore/plan-restore.js'
import { Restoring } from './restore/restoring.js'
import type { StartTimes } from './requests/start-times.js'
import type { Timeline } from './scope/timeline.js'
import { toReport } from './to-report.js'

/** An app that is ready and observed. Only of such an app can a checkpoint be asked. */
export class BootedApp implements RunningApp {
  constructor(
    readonly spec: AppSpec & { name: string },
    public launch: Launch,
    private readonly process: StartedApp,
    private readonly observer: RunningLedger,
    private readonly appCheckpoint: AppCheckpoint,
    private readonly run: Run,
    /** Its start from the command, with what it was asked then. */
    private readonly coldStart: StartTimes,
    /** What it was taken as ready for; null where a condition was given. */
    readonly takenAsReady: string | null,
    /** How it is restored, or why it can't be; null where nobody asked for it. */
    private readonly restoring: Restoring | Restoration | null,
    private readonly timeline: Timeline,
  ) {
    this.requests = new AppRequests(spec, process)
    const { requests } = this
    this.request = new CheckpointRequest<BootedApp>(this, {
      process,
      observer,
      run,
      requests,
      coldStart,
      restoring,
    })
  }

  private readonly requests: AppRequests
  private readonly request: CheckpointRequest<BootedApp>
  private stopping: Promise<void> | undefined
  private readonly readyAt = performance.now()
  checkpointAtMs: number | null = null

  /** Until it was ready, in milliseconds. */
  get bootMs(): number {
    return this.coldStart.readyMs
  }

  get name(): string {
    return this.spec.name
  }

  get pid(): number {
    return this.process.pid
  }

  /** The newest megabyte of what the app has printed. */
  get output(): string {
    return this.process.output.text
  }

  /** Where its file system begins on its host; null where it is the host's own. */
  get root(): string | null {
    return this.process.root
  }

  /** Where its processes run. */
  get host(): Host {
    return this.process.host
  }

  /** The harness's own folder for this app. */
  get folder(): string {
    return this.run.folder
  }

  get exited(): Promise<number | string> {
    return this.process.exited
  }

  url(port: number, path = '/'): string {
    return this.requests.url(port, path)
  }

  async fetch(where: string, init?: RequestInit): Promise<Response> {
    const restored = this.restoring instanceof Restoring ? this.restoring.start : null
    return await (restored ?? this.coldStart).asked(this.requests.fetch(where, init))
  }

  /** Ends sampling and reads the ledger; the app runs on. */
  async ledger(): Promise<LedgerForUsers> {
    const reading = await this.reading()
    return { ...reading, entries: reading.entries.map(toLedgerEntry) }
  }

  /** The same as values, for the harness. */
  async reading(): Promise<LedgerReading> {
    const pid = await this.jvm()
    const quiet = await quieted(this.process, this.observer, pid)
    return await quiet.read(await this.observer.capture(pid))
  }

  /** Reads the ledger of a JVM that is held at its end; of an app that was booted with `atExit`. */
  async ledgerAtExit(pid: number): Promise<LedgerReading> {
    const captured = await this.observer.capture(pid)
    return await this.observer.ended(captured.ownPid).read(captured)
  }

  async checkpoint(timeoutMs?: number): Promise<Report> {
    const begin = performance.now()
    this.timeline.forgetCheckpoint()
    this.timeline.enter('checkpoint')
    const asked = await this.askForCheckpoint(timeoutMs)
    const checkpointed = (await asked.lookBack?.(asked)) ?? asked
    this.timeline.enter('join')
    return await toReport(checkpointed, () => ({
      ...this.timeline.told(),
      warmUpMs: null,
      totalMs: this.bootMs + performance.now() - begin,
    }))
  }

  /** Asks the engine for a checkpoint. A refusal is an answer; an EngineError means that there is none. */
  async askForCheckpoint(timeoutMs = 60_000): Promise<CheckpointedApp<BootedApp>> {
    const own = await this.appCheckpoint.stop()
    if (own) return { app: this, byApp: true, restoration: notRestored(this.restoring), ...own }
    const pid = await this.jvm()
    this.launch = await actualLaunch(pid, this.launch, this.process)
    this.checkpointAtMs = this.bootMs + performance.now() - this.readyAt
    const { earlier, ...known } = await this.run.alive(
      timed('JVM asked before', this.request.prepare(pid)),
      'before it was asked for a checkpoint',
    )
    // A JVM with CRaC may end because it has written a checkpoint.
    const asked =
      this.launch.engine === 'crac'
        ? this.request.askJdk(pid, timeoutMs)
        : this.run.alive(
            this.request.rehearse(pid, earlier, timeoutMs),
            'while it was asked for a checkpoint',
          )
    const outcome = await asked.finally(() => {
      // What was lost with its image has been reported; a later request reports its end.
      if (this.restoring instanceof Restoring) this.restoring.settled()
    })
    return {
      app: this,
      byApp: false,
      restoration: notRestored(this.restoring),
      ...outcome,
      ...known,
    }
  }

  /** Ends the app and removes what was made for it. */
  stop(): Promise<void> {
    this.stopping ??= this.run.end()
    return this.stopping
  }

  /** Takes a step of the run that this app is of. */
  step<T>(work: Promise<T>): Promise<T> {
    return this.run.step(work)
  }

  /** The error as it is, or as what it comes of. */
  async explained(error: unknown): Promise<unknown> {
    return maskError(await this.run.explained(error), maskOf(this.spec.mask))
  }

  /** The outcome of what is done with the app; where the app dies of it or before it, that is the error. */
  alive<T>(work: Promise<T>, when: string): Promise<T> {
    return this.run.alive(work, when)
  }

  /** The one JVM that the command has become or started. */
  async jvm(): Promise<number> {
    const found = selectJvm(this.pid, {
      host: this.host,
      command: this.launch.own.join(' '),
      mainClass: this.spec.mainClass,
      output: this.output,
    })
    return await this.run.alive(found, 'after it was ready')
  }
}
