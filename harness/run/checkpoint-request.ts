import type { StartedApp } from '../app/held.js'
import { rehearse } from '../checkpoint/rehearsal/rehearsal.js'
import { timed } from '../host/diagnosis/profile.js'
import { loadAgent } from '../jvm/attach.js'
import { jvmArguments } from '../jvm/jvm-arguments.js'
import { systemProperties } from '../jvm/properties.js'
import type { Capture, QuietLedger, RunningLedger } from '../ledger/ledger.js'
import { maskOf } from '../model/mask.js'
import type { Restoration } from '../model/restoration.js'
import { assertSameUser } from './app-user.js'
import type { Ask, CheckpointedApp, ReportedApp } from './checkpointed-app.js'
import { withLate } from './closed-too-late.js'
import { askJdk } from './crac/ask-jdk.js'
import { inImage } from './crac/in-image.js'
import { JdkRestoring } from './crac/jdk-restoring.js'
import type { AppRequests } from './requests/app-requests.js'
import { failureOf } from './requests/ask-patiently.js'
import type { StartTimes } from './requests/start-times.js'
import { CriuRestoring } from './restore/criu-restoring.js'
import { lookBack } from './restore/look-back.js'
import { Restoring } from './restore/restoring.js'
import { secretsOf } from './restore/secrets.js'
import type { RunningApp } from './running-app.js'
import type { Run } from './scope/cancellation.js'
import { classIndexOf } from './to-report.js'

/** What a request needs of the app beside what is reported of it. */
interface Asked extends ReportedApp, RunningApp {
  jvm(): Promise<number>
  alive<T>(work: Promise<T>, when: string): Promise<T>
}

/** What an app that is ready consists of. */
export interface AppParts {
  process: StartedApp
  observer: RunningLedger
  run: Run
  requests: AppRequests
  /** Its start from the command, with what it was asked then. */
  coldStart: StartTimes
  /** How it is restored, or why it can't be; null where nobody asked for it. */
  restoring: Restoring | Restoration | null
}

/** Asks an app for a checkpoint, by either engine, and for what its restore was. */
export class CheckpointRequest<App extends Asked> {
  constructor(
    private readonly app: App,
    private readonly parts: AppParts,
  ) {}

  /**
   * What is to be known and done before the checkpoint. Hanging up comes last: an app has not quite let go of a connection
   * until its selector has looked again, which a CRaC JDK that is asked at once finds busy.
   */
  async prepare(
    pid: number,
  ): Promise<Pick<CheckpointedApp, 'properties' | 'jvmArguments'> & { earlier: Capture | null }> {
    const { host, spec, launch } = this.app
    const { process, observer, requests } = this.parts
    await assertSameUser(pid, process, spec)
    const properties = await systemProperties(pid, { host })
    const given = await jvmArguments(pid, { host })
    // What is closed too late is not in the table that is judged.
    const earlier = launch.engine === 'rehearsal' ? await observer.capture(pid) : null
    await requests.closeIdleConnections(pid)
    return { properties, jvmArguments: given, earlier }
  }

  /** A CRaC JDK counts every descriptor: the profiler must hold none, so the ledger is read before the checkpoint. */
  async askJdk(
    pid: number,
    timeoutMs: number,
  ): Promise<Pick<CheckpointedApp<App>, 'answer' | 'reading' | 'restoration' | 'lookBack'>> {
    const { process, observer, restoring } = this.parts
    const quiet = await this.quiet(pid)
    const before = await observer.capture(pid)
    const reading = await quiet.read(before)
    if (!(restoring instanceof JdkRestoring))
      return { answer: await askJdk(pid, process, this.app.launch, timeoutMs), reading }
    const outcome = await restoring.checkpoint(pid, timeoutMs)
    return {
      ...outcome,
      reading,
      lookBack: (known, ask) => this.lookBack(known, { quiet, before, ask }),
    }
  }

  /** The agent knows what is ours, so a rehearsal is observed to its end, and the ledger is the one that was judged. */
  async rehearse(
    pid: number,
    earlier: Capture | null,
    timeoutMs: number,
  ): Promise<Pick<CheckpointedApp<App>, 'answer' | 'reading' | 'restoration' | 'lookBack'>> {
    const { process, observer, run, restoring } = this.parts
    const { launch, host } = this.app
    const asked = {
      load: loader(process, pid, timeoutMs),
      cracVersion: launch.cracVersion,
      folder: run.folder,
      host,
      timeoutMs,
      jdkFeature: launch.java.feature,
    }
    if (restoring instanceof CriuRestoring) {
      const { quiet, ...outcome } = await restoring.rehearse(asked, {
        capture: () => observer.capture(pid),
        quiet: () => this.quiet(pid),
      })
      const reading = await withLate(outcome, earlier, quiet)
      if (earlier === null) return { ...outcome, reading }
      return {
        ...outcome,
        reading,
        lookBack: (known, ask) => this.lookBack(known, { quiet, before: earlier, ask }),
      }
    }
    let judged: Capture | undefined
    const answer = await timed(
      'engine',
      rehearse({
        ...asked,
        onJudged: async () => {
          judged = await timed('table captured', observer.capture(pid))
        },
      }),
    )
    const quiet = await this.quiet(pid)
    const reading = await timed('ledger read', quiet.read(judged ?? (await observer.capture(pid))))
    return { answer, reading: await withLate({ answer, reading }, earlier, quiet) }
  }

  /** What a restore was, to be asked when the app has answered: it is restored a second time for that. */
  private async lookBack(
    checkpointed: CheckpointedApp<App>,
    { quiet, before, ask }: { quiet: QuietLedger; before: Capture; ask: Ask | undefined },
  ): Promise<CheckpointedApp<App>> {
    const { app } = this
    const { observer, requests, run, coldStart, restoring } = this.parts
    if (!(restoring instanceof Restoring)) return checkpointed
    const { reading, properties } = checkpointed
    const see = async () => {
      // In another container it has another one.
      const pid = await app.jvm()
      await requests.closeIdleConnections(pid)
      observer.restored()
      const after = await observer.capture(pid)
      const index = checkpointed.index ?? (await classIndexOf(reading, properties, app))
      const ledgers = {
        before: await quiet.read(before),
        judged: inImage(reading, checkpointed.answer),
        after: await (await this.quiet(pid)).read(after),
      }
      const secrets = await secretsOf(pid, { host: app.host, properties, mask: maskOf(app.spec.mask) })
      return {
        ledgers,
        index,
        secrets,
        coldStart,
        ask: async () => (ask ? await failureOf(app, ask) : null),
      }
    }
    const keep = async (known: CheckpointedApp<App>) => {
      const kept = await restoring.keep()
      if (kept === null || !known.restoration) return known
      app.launch.image.stays = true
      return { ...known, restoration: { ...known.restoration, kept } }
    }
    try {
      return await run
        .alive(lookBack(checkpointed, restoring, see), 'when its restore was looked at')
        .then(keep)
    } catch (error) {
      // One that is known to be broken may be past being looked at.
      if (checkpointed.answer.afterRestore.length > 0) return await keep(checkpointed)
      throw error
    } finally {
      restoring.settled()
    }
  }

  private quiet(pid: number): Promise<QuietLedger> {
    return quieted(this.parts.process, this.parts.observer, pid)
  }
}

/** The ledger of an app in which nothing of the observers runs any more. */
export const quieted = (app: StartedApp, observer: RunningLedger, pid: number): Promise<QuietLedger> =>
  timed('observers quieted', observer.quiet(loader(app, pid)))

const loader = (app: StartedApp, pid: number, timeoutMs?: number) => (library: string, options: string) =>
  loadAgent(pid, app.inside(library), app.inside(options), {
    host: app.host,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
