/**
 * The ledger of one app, from before its start to what is reported of it. Each step gives the value on which alone the next
 * one can be taken: prepared → plan → running → quiet → read.
 */
import { TracerError } from '../model/errors.js'
import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import type { Situation, TraceMode } from './observers/combinations.js'
import { endTrial } from './observers/kernel/tracer-shared.js'
import { whyNotPreloaded, type Launcher } from './observers/preload/launcher.js'
import { makeObservers, selectObservers, type Choice, type Known } from './observers/select.js'
import { AttachPlan, LaunchPlan } from './plans.js'

export type { Capture } from './table/capture.js'
export { traceModes, type TraceMode } from './observers/combinations.js'
export type { LedgerReading } from './assemble.js'
export type { AttachPlan, LaunchPlan } from './plans.js'
export type { QuietLedger, RunningLedger } from './running-ledger.js'

export interface LedgerOptions {
  /** How the app is there; started here unless given. */
  situation?: Situation
  /** The profiler takes native stacks of what the JVM opens before its agents are up; the preloaded library always does. */
  bootStacks?: boolean
  /** The ledger can also be read when the JVM is held at its end. */
  atExit?: boolean
  /** With eBPF, Java stacks by the profiler's signals also where the preloaded library could take them. */
  profiler?: boolean
  /** Where the app's processes run; here unless given. */
  host?: Host
  /** How the app is observed there, and why so, for the evidence. */
  told?: string | null
  /** What is known of what observers need of the JVM. */
  known?: Known
  /** What is said of a descriptor that the kernel has no record of. */
  unrecorded?: string
}

const NOT_WANTED = { message: 'the profiler is wanted', short: 'the profiler is wanted' }

/** Decides what can observe; nothing runs yet. */
export async function prepareLedger(mode: TraceMode, options: LedgerOptions = {}): Promise<PreparedLedger> {
  const known = { ...options.known, ...(options.profiler && { preload: NOT_WANTED }) }
  const { host = localHost, situation = 'process' } = options
  const choice = await selectObservers(mode, situation, { host, known })
  return new PreparedLedger(mode, { ...options, host, situation, known }, choice)
}

type Settings = LedgerOptions & Required<Pick<LedgerOptions, 'host' | 'situation' | 'known'>>

/** Observers that are decided on. */
export class PreparedLedger {
  constructor(
    private readonly mode: TraceMode,
    private readonly settings: Settings,
    private readonly choice: Choice,
  ) {}

  /** In one line, what `auto` has chosen and why; null where the user has. */
  get chosen(): string | null {
    return this.mode === 'auto' ? this.choice.why : null
  }

  /**
   * The plan for a launcher: not every one can be preloaded. Null: one that can't be asked, in an image. `folder` is where
   * the JVM writes for us.
   */
  async launches(launcher: Launcher | null, folder: string): Promise<LaunchPlan> {
    const choice = await this.choiceFor(launcher)
    return new LaunchPlan(this.observers(choice, folder), this.running(choice))
  }

  /** The plan for a process that runs already. */
  joins(folder: string): AttachPlan {
    return new AttachPlan(this.observers(this.choice, folder), this.running(this.choice))
  }

  /** Whether something is loaded into the app. */
  get loads(): boolean {
    return this.choice.needs.includes('agents')
  }

  /** Frees what was only tried, where no app came to be observed by it. */
  async stop(): Promise<void> {
    await endTrial(this.settings.host)
  }

  private async choiceFor(launcher: Launcher | null): Promise<Choice> {
    const { mode, choice, settings } = this
    const preloads = choice.observers.includes('preload')
    const why = preloads && launcher !== null ? await whyNotPreloaded(launcher) : null
    if (launcher === null || why === null) return choice
    const message = `${launcher.java} takes no LD_PRELOAD: ${why}`
    // Who names the library wants it, and who has no other observer gets no evidence without.
    const { host, situation } = settings
    const error = (instead: string) =>
      new TracerError('TRACER_MISSING', `The preloaded library can't be used: ${message}. ${instead}`)
    const preload = { message, short: message, error: error('Use --trace ebpf.') }
    const other = await selectObservers(mode, situation, { host, known: { ...settings.known, preload } })
    if (other.observers.includes('kernel')) return other
    throw error(
      'Nor can eBPF be used, as "crac-preflight doctor" says. Use --trace none for a verdict without Java lines.',
    )
  }

  private running({ note }: Choice) {
    const { host, told = null, unrecorded } = this.settings
    const mayLack = this.mode === 'auto'
    return { host, told, troubles: [note], mayLack, ...(unrecorded !== undefined && { unrecorded }) }
  }

  private observers({ observers }: Choice, folder: string) {
    const { host, atExit = false, bootStacks = false } = this.settings
    return makeObservers(observers, { folder, host, atExit, bootStacks })
  }
}
