import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, AttachError, TracerError } from '../model/errors.js'
import { localHost } from '../host/local-host.js'
import { loadAgent } from '../jvm/attach.js'
import { systemProperties } from '../jvm/properties.js'
import { captureTable } from '../ledger/table/capture.js'
import { countEvidence } from '../ledger/evidence.js'
import { assignSamples, joinLedger } from '../ledger/join.js'
import type { LedgerReading } from '../ledger/ledger.js'
import { readUnixTable } from '../host/procfs/net.js'
import { ownPidOf } from '../host/procfs/status.js'
import type { Tracer } from '../ledger/records.js'
import { Sampler } from '../ledger/observers/profiler/sampler.js'
import { startTracer } from '../ledger/observers/kernel/tracer.js'
import { endTrial, tryTracer } from '../ledger/observers/kernel/tracer-shared.js'
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
    private readonly since: number,
    private readonly place: Place,
    private readonly sampler: Sampler,
    private readonly tracer: Tracer,
    private readonly guard: Guard,
  ) {}

  /** Loads the profiler through the attach protocol, then watches with eBPF: nothing is seen without its stack. */
  static async attach(pid: number): Promise<AttachedJvm> {
    const jvm = await inspectForeign(pid)
    // Nothing is done to the JVM before it is known to be of use.
    await tryTracer()
    try {
      return await AttachedJvm.watch(jvm)
    } finally {
      // What was tried serves this very trace; where that has failed, nobody else will come for it.
      await endTrial()
    }
  }

  private static async watch(jvm: ForeignJvm): Promise<AttachedJvm> {
    const { pid } = jvm
    if (!(await Sampler.isBuilt()))
      throw new TracerError(
        'TRACER_MISSING',
        'The profiler is not built for this machine, so there would be no Java stacks. Run "npm run build" in a checkout of crac-preflight.',
      )
    const ownPid = await ownPidOf(pid, localHost)
    const listenedBefore = (await listeners(pid, ownPid)).length > 0
    const place = await makePlace(jvm)
    const sampler = new Sampler(place.folder, false)
    const undo = sampler.stopRequest
    const guard = startGuard({
      pid,
      start: jvm.start,
      library: place.inside(undo.library),
      options: place.inside(undo.options),
    })
    let started = false
    try {
      const properties = await systemProperties(pid)
      guard.loading()
      await sampler.start(loader(jvm, place))
      started = true
      const since = Number(process.hrtime.bigint())
      const tracer = await startTracer(pid)
      return new AttachedJvm(jvm, properties, ownPid, listenedBefore, since, place, sampler, tracer, guard)
    } catch (error) {
      // One that was at work before is somebody else's.
      if (started) await sampler.stop(loader(jvm, place)).catch(() => undefined)
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

  /** The ledger as it is now. Ends the tracing: the table is read first, then the profiler writes what it knows. */
  async ledger(): Promise<LedgerReading> {
    const { pid } = this.jvm
    const snapshot = await this.tracer.snapshot(pid)
    const captured = await captureTable(pid, localHost, () => Promise.resolve(snapshot))
    const { sockets, watches, symbols, peersTrouble } = captured
    const listening = this.listened ? [] : await listeners(pid, this.ownPid)
    if (snapshot.live.length === 0)
      throw new AppError('APP_DIED', `Process ${pid} has ended, so it holds nothing any more.`)
    await this.tracer.stop()
    await this.sampler.stop(loader(this.jvm, this.place))
    const ours = this.place.inside(this.place.folder)
    const live = snapshot.live.filter(({ link }) => !link.startsWith(`${ours}/`))
    const records = snapshot.records.filter(({ tgid }) => tgid === pid)
    await symbols.load(records.flatMap(({ stack }) => stack))
    const samples = assignSamples(records, await this.sampler.samples(this.ownPid))
    const entries = joinLedger({
      records,
      live,
      samples,
      sockets,
      watches,
      releasedAt: this.since,
      unrecorded: IN_BETWEEN,
      nameAddress: (address) => symbols.name(address),
    })
    const told = entries.map((entry, i): Entry => {
      const { inode, inherited } = live[i] ?? { inode: 0, inherited: false }
      if (listening.includes(inode)) return { ...entry, missing: LISTENER }
      return inherited && entry.origin === null ? { ...entry, missing: BEFORE } : entry
    })
    const { losses } = snapshot
    return {
      entries: told,
      evidence: countEvidence({
        tracer: 'ebpf',
        records,
        samples,
        live,
        entries: told,
        losses,
        notes: [NOTE, peersTrouble],
      }),
      links: new Map(live.map(({ fd, link }) => [fd, link])),
      differences: [],
    }
  }

  /** Leaves the process as it was found, but for the attach listener and the profiler's idle library. */
  async detach(): Promise<void> {
    await this.tracer.stop()
    if (await isStill(this.jvm)) await this.sampler.stop(loader(this.jvm, this.place)).catch(() => undefined)
    await this.place.remove()
    this.guard.dismiss()
  }
}

const loader =
  (jvm: ForeignJvm, place: Place) =>
  async (library: string, options: string): Promise<{ code: number; output: string }> => {
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
