import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, AttachError } from '../model/errors.js'
import { localHost } from '../host/local-host.js'
import { assertProbes } from '../host/probe-folders.js'
import { loadAgent } from '../jvm/attach.js'
import { removeLeftSockets } from '../jvm/left-sockets.js'
import { launchProperties } from '../jvm/properties.js'
import {
  prepareLedger,
  type Capture,
  type LedgerReading,
  type PreparedLedger,
  type RunningLedger,
  type TraceMode,
} from '../ledger/ledger.js'
import type { LiveFile } from '../ledger/records.js'
import { readLiveTable } from '../ledger/table/live-table.js'
import { readUnixTable } from '../host/procfs/net.js'
import { ownPidOf } from '../host/procfs/status.js'
import type { Entry } from '../model/target.js'
import { inspectForeign, isStill, type ForeignJvm } from './foreign.js'
import { startGuard, type Guard } from './guard.js'
import { knownOf } from './known.js'
import { makePlace, type Place } from './probe-folder.js'

const BEFORE = 'opened before tracing'
const NOTE = `attached to a process that ran already: what it held by then is marked "${BEFORE}"`
const IN_BETWEEN = 'no record: it was being opened when tracing began, or its record was lost'
const LISTENER = 'the JVM’s attach listener: opened for this trace'

/** Whether a descriptor has come about since the JVM was attached to, and not by that. */
export const wasOpenedMeanwhile = ({ missing }: { missing: string | null }): boolean =>
  missing !== BEFORE && missing !== LISTENER

/** What is known of the JVM from when it was attached to. */
interface Found {
  properties: Map<string, string>
  ownPid: number
  /** Whether it waited for the attach protocol before. */
  listened: boolean
}

/** A JVM that runs already and is not ours: watched from now on, never stopped, and left as it was found. */
export class AttachedJvm {
  private constructor(
    readonly jvm: ForeignJvm,
    private readonly found: Found,
    /** Null where nothing is loaded into it. */
    private readonly place: Place | null,
    private readonly observed: RunningLedger,
    private readonly before: Set<string>,
    private readonly guard: Guard,
  ) {}

  /** Whatever this user and the JVM allow: at least the live table. Nothing is done to the JVM before it is of use. */
  static async attach(pid: number, mode: TraceMode): Promise<AttachedJvm> {
    assertProbes()
    const jvm = await inspectForeign(pid)
    const ownPid = await ownPidOf(pid, localHost)
    const listened = (await listeners(pid, ownPid)).length > 0
    const guard = startGuard({ pid, start: jvm.start })
    try {
      const { known, asked } = knownOf(jvm)
      const settings = { situation: 'pid', told: NOTE, unrecorded: IN_BETWEEN, known } as const
      const prepared = await prepareLedger(mode, settings)
      try {
        const properties = asked() ?? (await launchProperties(pid, localHost))
        return await AttachedJvm.watch(jvm, { properties, ownPid, listened }, prepared, guard)
      } finally {
        // What was tried serves this very trace; where that has failed, nobody else will come for it.
        await prepared.stop()
      }
    } catch (error) {
      guard.dismiss()
      throw error
    }
  }

  private static async watch(
    jvm: ForeignJvm,
    found: Found,
    prepared: PreparedLedger,
    guard: Guard,
  ): Promise<AttachedJvm> {
    const place = prepared.loads ? await makePlace(jvm) : null
    try {
      const plan = prepared.joins(place?.folder ?? '')
      const inside = (text: string) => place?.inside(text) ?? text
      guard.loading(
        plan.agents.map(({ library, stop }) => ({ library: inside(library), options: inside(stop) })),
      )
      const observed = await plan.attached(jvm.pid, loader(jvm, inside))
      // Read when the observers are there: what is opened from now on is seen, and what is open now was opened before.
      const before = new Set((await readLiveTable(jvm.pid)).map(identityOf))
      return new AttachedJvm(jvm, found, place, observed, before, guard)
    } catch (error) {
      await place?.remove()
      throw error
    }
  }

  get properties(): Map<string, string> {
    return this.found.properties
  }

  /** Resolves when the process has ended, or nobody wants to know any more; never rejects. */
  async ended(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await isStill(this.jvm)))
      await sleep(200, undefined, { signal }).catch(() => undefined)
  }

  /** The ledger as it is now: the table is read first, then the observers in the JVM tell what they know. */
  async ledger(): Promise<LedgerReading> {
    const { pid } = this.jvm
    const captured = await this.capture()
    const listening = this.found.listened ? [] : await listeners(pid, this.found.ownPid)
    const quiet = await this.observed.quiet(loader(this.jvm, this.inside))
    const live = captured.live
      .filter(({ link }) => !this.isOurs(link))
      .map((each) => ({ ...each, inherited: each.inherited || this.before.has(identityOf(each)) }))
    const reading = await quiet.read({ ...captured, live })
    const entries = reading.entries.map((entry, i): Entry => {
      const { inode, inherited } = live[i] ?? { inode: 0, inherited: false }
      if (listening.includes(inode)) return { ...entry, missing: LISTENER }
      return inherited && entry.origin === null ? { ...entry, missing: BEFORE } : entry
    })
    return { ...reading, entries }
  }

  /** Leaves the process as it was found, but for the attach listener and the idle libraries. */
  async detach(): Promise<void> {
    await this.observed.stop().catch(() => undefined)
    await this.place?.remove()
    this.guard.dismiss()
    await removeLeftSockets()
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
    return this.place !== null && link.startsWith(`${this.inside(this.place.folder)}/`)
  }

  private inside = (text: string): string => this.place?.inside(text) ?? text
}

/** The number, and what it leads to. */
const identityOf = ({ fd, inode, device }: Pick<LiveFile, 'fd' | 'inode' | 'device'>): string =>
  `${fd} ${inode} ${device}`

const loader =
  (jvm: ForeignJvm, inside: (text: string) => string) =>
  async (library: string, options: string): Promise<{ code: number; output: string }> => {
    if (!(await isStill(jvm))) throw new AttachError('ATTACH_GONE', `Process ${jvm.pid} has ended.`)
    const answer = await loadAgent(jvm.pid, inside(library), inside(options))
    if (answer.output.includes('Dynamic agent loading is not enabled'))
      throw new AttachError(
        'ATTACH_DISABLED',
        `Process ${jvm.pid} runs with -XX:-EnableDynamicAgentLoading, so no agent can be loaded. Remove that option for the trace, or start the app with crac-preflight trace.`,
      )
    return answer
  }

/** The inodes of the socket on which the JVM waits for the attach protocol. */
async function listeners(pid: number, ownPid: number): Promise<number[]> {
  const name = join('/tmp', `.java_pid${ownPid}`)
  return (await readUnixTable(pid, localHost)).flatMap(({ path, listening, inode }) =>
    listening && (path === name || path === `${name}.tmp`) ? [inode] : [],
  )
}
