import { truncate } from 'node:fs/promises'
import { posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { descendantsOf } from '../../app/container/processes.js'
import type { StartedApp } from '../../app/held.js'
import type { Remaking, RestoredApp } from '../../app/remaking/remaking.js'
import { asThrown } from '../../checkpoint/crac/crac.js'
import { restoredPrinted } from '../../checkpoint/crac/after-restore.js'
import type { ImagePlace } from '../../checkpoint/criu/image.js'
import type { EngineAnswer } from '../../checkpoint/engine.js'
import { parseOutput } from '../../checkpoint/output/output.js'
import { jcmd } from '../../jvm/attach.js'
import { findJvms } from '../../jvm/java.js'
import type { KeptImage, Restoration } from '../../model/restoration.js'
import type { Launch } from '../launch/launch.js'
import type { Image, RestoreAsked } from '../restore/asked.js'
import { inShell, keepImage, type Written } from '../restore/keep-image.js'
import type { EngineWord } from '../restore/life.js'
import { placeOf } from '../restore/place.js'
import { Restoring } from '../restore/restoring.js'
import { askJdk } from './ask-jdk.js'
import { openNow, reopenedSince } from './reopened.js'

const PAUSE_MS = 20
/** CRIU can't raise its own limits, calls that an error, and goes on. */
const HARMLESS = ': rlimit: '
/** What a JVM that is just beginning may take to answer. */
const ANSWER_MS = 5000

/** A CRaC JDK makes the image by its own engine, and brings the app back by `java -XX:CRaCRestoreFrom`. */
export class JdkRestoring extends Restoring {
  /** Whether the JVM that comes back has been there. */
  private wasSeen = false

  constructor(
    private readonly launch: Launch,
    app: StartedApp,
    remaking: Remaking,
    asked: RestoreAsked,
  ) {
    super(app, remaking, asked, { engine: 'crac', engineVersion: launch.java.version })
  }

  /** Asks the JDK for a checkpoint; where it has ended the app with its image, brings it back. */
  async checkpoint(
    pid: number,
    timeoutMs: number,
  ): Promise<{ answer: EngineAnswer; restoration: Restoration }> {
    this.begin()
    const { app, launch, remaking } = this
    const { folder, there } = launch.image
    const place = { here: folder, there: app.inside(there) }
    const limit = Math.round(timeoutMs / 2)
    const before = await placeOf(app)
    const open = await openNow(pid, app.host)
    const tree = await this.tree()
    const begin = performance.now()
    this.handOver()
    const mark = app.output.mark()
    const answer = await askJdk(pid, app, launch, limit, remaking.lifeEnds)
    if (answer.outcome === 'refused') {
      const failed = answer.findings.find(({ resource }) => resource === 'native')
      if (failed !== undefined)
        this.outcome = this.failed(`The JDK’s engine could not write the image: ${failed.message}`)
      return { answer, restoration: this.outcome }
    }
    const left = await this.leftOf(tree, this.within(limit))
    if (left !== null) {
      this.outcome = this.failed(Restoring.held(left, limit))
      return this.withLoss(answer)
    }
    const written = await this.imaged(place, begin)
    await remaking.leave()
    let printed = ''
    const lost = await this.live(place, limit, async (signal, program) => {
      printed = await this.isUp(mark, signal, program)
    })
    if (lost !== null) {
      this.outcome = { ...this.failed(lost), ...written }
      return this.withLoss(answer)
    }
    this.outcome = { ...this.restored(), ...written }
    this.image = { place, limit, places: { before, after: await placeOf(app) } }
    const found = parseOutput(printed)
    const failures = found.outcome === 'restore-failed' ? found.findings : []
    const jvm = (await findJvms(app.pid, app.host))[0] ?? app.pid
    return {
      answer: {
        ...answer,
        output: failures.length === 0 ? answer.output : answer.output + printed,
        afterRestore: [...answer.afterRestore, ...failures.map(asThrown)],
        restore: {
          ...(await reopenedSince(open, jvm, app.host)),
          onUse: [],
          failures: failures.map(({ type, message }) => `${type ?? ''}: ${message}`),
        },
      },
      restoration: this.outcome,
    }
  }

  protected async backAgain(_image: Image, signal: AbortSignal, program: RestoredApp): Promise<EngineAnswer> {
    await this.isUp(this.app.output.mark(), signal, program)
    return {
      ...{ engine: 'crac', cracVersion: null, output: '', outcome: 'passed', findings: [] },
      ...{ judgements: new Map(), durationMs: 0, afterRestore: [], restore: null, note: null },
    }
  }

  /** Waits for a JVM that answers, as its attach listener does when afterRestore has run; what it has printed since. */
  private async isUp(mark: number, signal: AbortSignal, program: RestoredApp): Promise<string> {
    const { host, output } = this.app
    for (this.wasSeen = false; ;) {
      signal.throwIfAborted()
      const jvms = await findJvms(program.pid, host)
      // The java that brings it back is one itself, for a moment.
      if (jvms.some((pid) => pid !== program.pid)) this.wasSeen = true
      for (const pid of jvms)
        if (await isAnswering(pid, { host, signal, timeoutMs: ANSWER_MS }))
          return await restoredPrinted(async () => {
            await output.upToNow()
            return output.since(mark) + (await program.printed())
          })
      await sleep(PAUSE_MS, undefined, { signal })
    }
  }

  protected async copy(written: Written): Promise<KeptImage | null> {
    const { kept } = this.asked
    const { folder, there, stays, log } = this.launch.image
    if (stays) {
      // It stays where the user has let it be written; what the app has printed since is not of it.
      if (log !== null) await truncate(log, written.logBytes)
      return { folder, use: [inShell(this.command(there))] }
    }
    if (kept === null) return null
    return await keepImage(kept, written, this.remaking, ({ there }) => this.command(there))
  }

  protected tree(): Promise<number[]> {
    return descendantsOf(this.app.pid, this.app.host)
  }

  protected bringBack({ there }: ImagePlace): Promise<RestoredApp> {
    const { ownEnv: env, cwd } = this.launch
    return this.remaking.relaunch({ command: this.command(there), env, cwd })
  }

  protected wordOf(): EngineWord {
    return {
      name: 'The CRaC JDK',
      // One that can't ends with an error.
      isRestored: async (program) => this.wasSeen || (program.hasEnded && (await program.exited) === 0),
      complaint: async (program) => {
        const printed = await program.printed()
        const { findings } = parseOutput(printed)
        const last = printed.split('\n').findLast((line) => line.trim() !== '' && !line.includes(HARMLESS))
        return findings[0]?.message ?? last ?? `java ended with ${await program.exited}, and does not say why`
      },
    }
  }

  private command(folder: string): string[] {
    const { java, image } = this.launch
    return [posix.join(java.home, 'bin', 'java'), ...image.restoreOptions, `-XX:CRaCRestoreFrom=${folder}`]
  }
}

const isAnswering = (pid: number, how: Parameters<typeof jcmd>[2]): Promise<boolean> =>
  jcmd(pid, 'VM.version', how).then(
    ({ code }) => code === 0,
    () => false,
  )
