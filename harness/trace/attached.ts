import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, AttachError } from '../model/errors.js'
import { localHost } from '../host/local-host.js'
import { assertProbes } from '../host/probe-folders.js'
import { loadAgent } from '../jvm/attach.js'
import { systemProperties } from '../jvm/properties.js'
import {
  prepareLedger,
  type AttachPlan,
  type Capture,
  type LedgerReading,
  type RunningLedger,
  type TraceMode,
} from '../ledger/ledger.js'
import { readUnixTable } from '../host/procfs/net.js'
import { ownPidOf } from '../host/procfs/status.js'
import type { Entry } from '../model/target.js'
import { inspectForeign, isStill, type ForeignJvm } from './foreign.js'
import { startGuard, type Guard } from './guard.js'
import { makePlace, type Place } from './probe-folder.js'

const BEFORE = 'opened before tracing'
const NOTE = `attached to a process that ran already: what it held by then is marked "${BEFORE}"`
const IN_BETWEEN = 'no record: it was being opened when tracing began, or its record was lost'
const LISTENER = 'the JVM’s attach listener: opened for this trace'

/** A JVM that runs already and is not ours: watched from now on, never stopped, and left as it was found. */
export class AttachedJvm {
  private constructor(
    readonly jvm: ForeignJvm,
    readonly properties: Map<string, string>,
    private readonly ownPid: number,
    private readonly listened: boolean,
    private readonly place: Place,
    private readonly observed: RunningLedger,
    private readonly guard: Guard,
  ) {}

  /** Nothing is done to the JVM before it is known to be of use. */
  static async attach(pid: number, mode: TraceMode): Promise<AttachedJvm> {
    assertProbes()
    const jvm = await inspectForeign(pid)
    const prepared = await prepareLedger(mode, { situation: 'pid', told: NOTE, unrecorded: IN_BETWEEN })
    try {
      const place = await makePlace(jvm)
      return await AttachedJvm.watch(jvm, place, prepared.joins(place.folder))
    } finally {
      // What was tried serves this very trace; where that has failed, nobody else will come for it.
      await prepared.stop()
    }
  }

  private static async watch(jvm: ForeignJvm, place: Place, plan: AttachPlan): Promise<AttachedJvm> {
    const { pid } = jvm
    const ownPid = await ownPidOf(pid, localHost)
    const listenedBefore = (await listeners(pid, ownPid)).length > 0
    const agents = plan.agents.map(({ library, stop }) => ({
      library: place.inside(library),
      options: place.inside(stop),
    }))
    const guard = startGuard({ pid, start: jvm.start, agents })
    try {
      const properties = await systemProperties(pid)
      guard.loading()
      const observed = await plan.attached(pid, loader(jvm, place))
      return new AttachedJvm(jvm, properties, ownPid, listenedBefore, place, observed, guard)
    } catch (error) {
      await place.remove()
      guard.dismiss()
      throw error
    }
  }

  /** Resolves when the process has ended, or nobody wants to know any more; never rejects. */
  async ended(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await isStill(this.jvm)))
      await sleep(200, undefined, { signal }).catch(() => undefined)
  }

  /** The ledger as it is now. The table is read first, then the observers in the JVM write what they know, and end. */
  async ledger(): Promise<LedgerReading> {
    const { pid } = this.jvm
    const captured = await this.capture()
    const listening = this.listened ? [] : await listeners(pid, this.ownPid)
    const quiet = await this.observed.quiet(loader(this.jvm, this.place))
    const live = captured.live.filter(({ link }) => !this.isOurs(link))
    const reading = await quiet.read({ ...captured, live })
    const before = new Set(live.filter(({ inherited }) => inherited).map(({ fd }) => fd))
    const heard = new Set(live.filter(({ inode }) => listening.includes(inode)).map(({ fd }) => fd))
    const entries = reading.entries.map((entry): Entry => {
      if (heard.has(entry.fd)) return { ...entry, missing: LISTENER }
      return before.has(entry.fd) && entry.origin === null ? { ...entry, missing: BEFORE } : entry
    })
    return { ...reading, entries }
  }

  /** Leaves the process as it was found, but for the attach listener and the idle libraries. */
  async detach(): Promise<void> {
    await this.observed.stop().catch(() => undefined)
    await this.place.remove()
    this.guard.dismiss()
  }

  private async capture(): Promise<Capture> {
    const { pid } = this.jvm
    const ended = new AppError('APP_DIED', `Process ${pid} has ended, so it holds nothing any more.`)
    const captured = await this.observed.capture(pid).catch(async (error: unknown) => {
      throw (await isStill(this.jvm)) ? error : ended
    })
    if (captured.live.length === 0) throw ended
    return captured
  }

  private isOurs(link: string): boolean {
    return link.startsWith(`${this.place.inside(this.place.folder)}/`)
  }
}
const loader =
  (jvm: ForeignJvm, place: Place) =>
  async (library: string, options: string): Promise<{ code: number; output: string }> => {
    if (!(await isStill(jvm))) throw new AttachError('ATTACH_GONE', `Process ${jvm.pid} has ended.`)
    const answer = await loadAgent(jvm.pid, place.inside(library), place.inside(options))
    if (answer.output.includes('Dynamic agent loading is not enabled'))
      throw new AttachError(
        'ATTACH_DISABLED',
        `Process ${jvm.pid} runs with -XX:-EnableDynamicAgentLoading, so no profiler can be loaded. Remove that option for the trace, or start the app with crac-preflight trace.`,
      )
    return answer
  }

/** The inodes of the socket on which the JVM waits for whoever attaches. */
async function listeners(pid: number, ownPid: number): Promise<number[]> {
  const name = join('/tmp', `.java_pid${ownPid}`)
  return (await readUnixTable(pid, localHost)).flatMap(({ path, listening, inode }) =>
    listening && (path === name || path === `${name}.tmp`) ? [inode] : [],
  )
}
