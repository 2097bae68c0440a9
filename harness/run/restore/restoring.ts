import { within } from '../../host/clock/within.js'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StartedApp } from '../../app/held.js'
import { withReason } from '../../checkpoint/crac/engine-log.js'
import type { Remaking, RestoredApp } from '../../app/remaking/remaking.js'
import type { Criu } from '../../checkpoint/criu/criu.js'
import {
  dump,
  imageSize,
  restoreCommand,
  type CriuThere,
  type ImagePlace,
  type Refusal,
} from '../../checkpoint/criu/image.js'
import type { EngineAnswer } from '../../checkpoint/engine.js'
import { rehearse, type HeldJvm, type RehearsalRequest } from '../../checkpoint/rehearsal/rehearsal.js'
import { descendantsOf } from '../../app/container/processes.js'
import { readStat } from '../../host/procfs/stat.js'
import { ownPidOf } from '../../host/procfs/status.js'
import { observed } from '../../model/finding.js'
import type { KeptImage, Restoration } from '../../model/restoration.js'
import type { Capture, LedgerReading, QuietLedger } from '../../ledger/ledger.js'
import type { StartTimes } from '../requests/start-times.js'
import type { Image, RestoreAsked } from './asked.js'
import { keepImage, type Written } from './keep-image.js'
import { Life } from './life.js'
import { placeOf } from './place.js'
import { notTried } from './restoration.js'

/** The answer until an image is made. */
const blocked: Restoration = notTried('something speaks against the checkpoint.')

/** One real checkpoint of an app: the image, its end, and its return. */
export class Restoring {
  private outcome = blocked
  private refusal: Refusal | null = null
  private life: Life | null = null
  private written: Written | null = null
  /** Whether it is on its way back. */
  private returns = false
  /** What it came back from; null while it has not. */
  image: Image | null = null
  private readonly givenUp = new AbortController()
  /** Tells who waits for the app's end what it was restored in. */
  private settle: (restored: RestoredApp | null) => void = () => undefined

  constructor(
    private readonly criu: Criu,
    private readonly app: StartedApp,
    private readonly remaking: Remaking,
    private readonly asked: RestoreAsked,
  ) {}

  /** Ends with the work that nobody waits for any more. */
  get signal(): AbortSignal {
    return this.givenUp.signal
  }

  get twice(): boolean {
    return this.asked.twice
  }

  /** Of the newest return of the app; null where there was none. */
  get start(): StartTimes | null {
    return this.image === null ? null : (this.life?.start ?? null)
  }

  /** A rehearsal with a restore in its midst, which ends the app: the ledger is read before. */
  async rehearse(
    asked: RehearsalRequest,
    ledger: { capture: () => Promise<Capture>; quiet: () => Promise<QuietLedger> },
  ): Promise<{
    answer: EngineAnswer
    reading: LedgerReading
    quiet: QuietLedger
    restoration: Restoration
  }> {
    const read = async () => {
      const captured = await ledger.capture()
      const quiet = await ledger.quiet()
      return { quiet, reading: await quiet.read(captured) }
    }
    // Of an earlier checkpoint nothing may be told as of this one.
    this.outcome = blocked
    this.refusal = null
    this.image = null
    this.written = null
    let known: Awaited<ReturnType<typeof read>> | undefined
    const answer = await rehearse({
      ...asked,
      onJudged: async () => {
        known = await read()
      },
      remake: (held) => this.remake(held, asked.timeoutMs),
    })
    return { ...this.judged(answer), ...(known ?? (await read())) }
  }

  /** Makes the image of a JVM that waits, ends it and brings it back. False where it is lost. */
  private async remake(held: HeldJvm, timeoutMs: number): Promise<boolean> {
    const { pid, host } = this.app
    const here = await mkdtemp(join(this.asked.folder, 'criu-'))
    const place = { here, there: await this.remaking.share(here) }
    this.handOver()
    // Half of it for the image, half for the way back.
    const limit = Math.round(timeoutMs / 2)
    const before = await placeOf(this.app)
    const tree = await descendantsOf(pid, host)
    const begin = performance.now()
    const signal = this.within(limit)
    this.refusal = await dump(this.there, await ownPidOf(pid, host), place, signal)
    if (this.refusal !== null) {
      this.outcome = this.failed(`CRIU refused to make the image: ${this.refusal.why}`)
      await held.release()
      return await this.isThere()
    }
    await this.remaking.leave()
    const left = await this.leftOf(tree, signal)
    if (left !== null) {
      this.outcome = this.failed(
        `process ${left} of the app had not gone within ${limit} ms of its image, and only under its pid it comes back. Where it is a zombie, the machine's first process reaps nobody: give the container an init (docker run --init)`,
      )
      return false
    }
    const checkpointMs = Math.round(performance.now() - begin)
    this.asked.timeline.within('image', begin)
    const written = { checkpointMs, imageBytes: await imageSize(here) }
    this.written = { place, logBytes: (await this.app.output.file.stat()).size }
    await held.release()
    const back = performance.now()
    const lost = await this.live(place, limit, (signal) => held.answered(signal))
    this.asked.timeline.within('restore', back)
    if (lost !== null) {
      this.outcome = { ...this.failed(lost), ...written }
      return false
    }
    const restoreMs = Math.round(this.life?.start.readyMs ?? 0)
    this.outcome = { ...this.failed(null), ...written, verdict: 'restored', restoreMs }
    this.image = { place, held, limit, places: { before, after: await placeOf(this.app) } }
    return true
  }

  /**
   * Ends what has come back and brings it back once more, as an image is there to be restored often. The answer of its agent,
   * or why there is none.
   */
  async again({ place, held, limit }: Image): Promise<EngineAnswer | string> {
    this.handOver()
    const tree = await descendantsOf(this.app.pid, this.app.host)
    await this.life?.program.kill()
    await this.leftOf(tree, this.within(limit))
    let answer: EngineAnswer | undefined
    const lost = await this.live(place, limit, async (signal) => {
      answer = await held.answeredAgain(signal)
    })
    return answer ?? lost ?? 'its agent has not answered'
  }

  /** Gives the image to the user, where he wants it and it was written. */
  async keep(): Promise<KeptImage | null> {
    const { kept } = this.asked
    if (kept === null || this.written === null) return null
    return await keepImage(kept, this.written, this.there, this.remaking)
  }

  /** To be called when all is done that the app was needed for: from then on its end counts. */
  settled(): void {
    this.settle(this.life?.program ?? null)
  }

  /** Ends what is under way. What is back ends as every app does. */
  giveUp(): void {
    this.givenUp.abort()
    if (this.returns || this.outcome.verdict !== 'restored')
      void this.life?.program.kill().catch(() => undefined)
    this.settled()
  }

  /** The answer with what came of it, where CRIU had another opinion. */
  private judged(answer: EngineAnswer): { answer: EngineAnswer; restoration: Restoration } {
    const restoration = this.outcome
    if (this.refusal !== null) {
      const findings = withReason(answer.findings, this.refusal)
      const output = answer.output + this.refusal.text
      return { answer: { ...answer, outcome: 'refused', findings, output }, restoration }
    }
    if (restoration.verdict !== 'restore-failed') return { answer, restoration }
    const failure = observed(restoration.reason ?? '', 'native')
    return { answer: { ...answer, afterRestore: [...answer.afterRestore, failure] }, restoration }
  }

  /** From here on the end of the process is not the app's; `settled` says whose is. */
  private handOver(): void {
    this.remaking.handOver(new Promise((resolve) => (this.settle = resolve)))
  }

  /** Brings back what is in the folder. Null when it has answered, else why it has not. */
  private async live(
    place: ImagePlace,
    limit: number,
    answered: (signal: AbortSignal) => Promise<void>,
  ): Promise<string | null> {
    this.returns = true
    try {
      this.life = await Life.begin(() => this.remaking.start(restoreCommand(this.there, place)), place.here)
    } catch (error) {
      this.returns = false
      return `what it is to come back in could not be started: ${error instanceof Error ? error.message : String(error)}`
    }
    const lost = await this.life.isBack(answered, limit, this.signal)
    this.returns = false
    return lost
  }

  /** Waits until all pids are free for what comes back; one that is not by then, or null. */
  private async leftOf(tree: readonly number[], limit: AbortSignal): Promise<number | null> {
    for (const pid of tree)
      while (await this.isThere(pid)) {
        if (limit.aborted) return pid
        await sleep(1)
      }
    return null
  }

  private get there(): CriuThere {
    const { criu, run } = this.remaking
    return { ...criu, command: criu.command ?? [this.criu.program], run }
  }

  private within(ms: number): AbortSignal {
    return within(ms, this.givenUp.signal)
  }

  private async isThere(pid = this.app.pid): Promise<boolean> {
    return (await readStat(pid, this.app.host)) !== null
  }

  private failed(reason: string | null): Restoration {
    const { version } = this.criu
    const capabilities = this.remaking.ours?.capabilities ?? null
    const { budgetMs } = this.asked
    const tried = { engine: 'criu', engineVersion: version, capabilities, budgetMs, reason } as const
    return { ...notTried(''), ...tried, verdict: 'restore-failed' }
  }
}
