import { AttachError, TracerError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { assemble, type LedgerReading } from './assemble.js'
import { endTrial } from './observers/kernel/tracer-shared.js'
import type { LoadLibrary, ObservedProcess, Observer, Observing, Quiet } from './observers/observer.js'
import { captureTable, type Capture } from './table/capture.js'

export interface RunningSettings {
  host: Host
  /** Why there is no observer, or one less. */
  troubles: (string | null)[]
  /** How the app is observed there, and why so. */
  told: string | null
  /** Whether the app is observed all the same where the kernel refuses to. */
  mayLack: boolean
  unrecorded?: string
}

/** An app with its observers at work. */
export class RunningLedger {
  private gone: readonly Observing[] = []

  private constructor(
    private observing: readonly Observing[],
    /** What is in the app itself, and in an image of it. */
    private readonly within: readonly Observing[],
    private readonly settings: RunningSettings,
    /** When the app was released, CLOCK_MONOTONIC nanoseconds: origins count their time from there. */
    private releasedAt: number,
  ) {}

  /** Attaches all observers, the kernel's last: of what it sees, somebody must be there to take the stack. */
  static async begin(
    observers: readonly Observer[],
    { pid, load }: { pid: number; load: LoadLibrary | null },
    { troubles, ...settings }: RunningSettings,
  ): Promise<RunningLedger> {
    const attached = new Map<Observer, Observing>()
    const lacking: string[] = []
    const since = load === null ? 0 : await settings.host.now()
    const answersSignals = observers.some(({ name }) => name === 'profiler')
    const app = { pid, host: settings.host, load, answersSignals }
    try {
      for (const observer of observers.toSorted(kernelLast))
        try {
          attached.set(observer, await observer.attach(app))
        } catch (error) {
          if (!(error instanceof Error) || !settings.mayLack || !mayLack(observer, app, error)) throw error
          lacking.push(error.message)
        }
      const ofAll = (all: readonly Observer[]) =>
        all.map((each) => attached.get(each)).filter((each) => each !== undefined)
      const within = ofAll(observers.filter(({ name }) => name === 'preload'))
      return new RunningLedger(
        ofAll(observers),
        within,
        { ...settings, troubles: [...lacking, ...troubles] },
        since,
      )
    } catch (error) {
      for (const each of attached.values()) await each.stop().catch(() => undefined)
      throw error
    }
  }

  /** To be called as the app is released. */
  async released(): Promise<void> {
    this.releasedAt = await this.settings.host.now()
  }

  /** An app that has come back from an image is another process to the kernel: what came along with it observes on. */
  restored(): void {
    this.gone = [...this.gone, ...this.observing.filter((each) => !this.within.includes(each))]
    this.observing = this.within
    this.settings.troubles.push(RESTORED)
  }

  /** Looks at the live table now. Nothing is asked of the app for it, so it may be in the middle of anything. */
  async capture(pid: number): Promise<Capture> {
    return await captureTable(pid, this.settings.host, async () => {
      const snapshots = await Promise.all(this.observing.map((each) => each.snapshot(pid)))
      return snapshots.find((each) => each !== null) ?? null
    })
  }

  /** Ends sampling: before a checkpoint no observer may hold anything in the app. */
  async quiet(load: LoadLibrary): Promise<QuietLedger> {
    const quiet: Quiet[] = []
    for (const each of this.observing) quiet.push(await each.quiet(load))
    return this.through(quiet)
  }

  /** The same of a JVM that is held at its end: it can't be asked any more, and observers in it have written by themselves. */
  ended(ownPid: number): QuietLedger {
    return this.through(this.observing.map((each) => each.ended(ownPid)))
  }

  /** Frees all observers; an app that the kernel's never came to leaves the tracer that was loaded on trial. */
  async stop(): Promise<void> {
    const stopped = await Promise.allSettled([...this.observing, ...this.gone].map((each) => each.stop()))
    await endTrial(this.settings.host)
    for (const each of stopped) if (each.status === 'rejected') throw each.reason
  }

  private through(quiet: readonly Quiet[]): QuietLedger {
    const { troubles, told, unrecorded } = this.settings
    return {
      read: async (captured) => {
        const observations = []
        for (const each of quiet) observations.push(await each.collect(captured))
        const { releasedAt } = this
        const context = {
          releasedAt,
          troubles,
          told: [told],
          ...(unrecorded !== undefined && { unrecorded }),
        }
        return await assemble(captured, observations, context)
      },
    }
  }
}

const RESTORED =
  'the app has come back from an image: what it opened since was seen by the preloaded library alone'

/** A ledger whose observers hold nothing in the app: now it can be read, of any table that was captured. */
export interface QuietLedger {
  read(captured: Capture): Promise<LedgerReading>
}

/** Without the rights for it the app is observed by the others, or by nobody; and a JVM that runs already may take no agent. */
const mayLack = ({ name }: Observer, { load }: ObservedProcess, error: Error): boolean =>
  load === null
    ? error instanceof TracerError && name === 'kernel'
    : error instanceof TracerError || error instanceof AttachError

const kernelLast = (a: Observer, b: Observer): number =>
  Number(a.name === 'kernel') - Number(b.name === 'kernel')
