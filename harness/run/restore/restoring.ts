import { setTimeout as sleep } from 'node:timers/promises'
import type { StartedApp } from '../../app/held.js'
import type { Remaking, RestoredApp } from '../../app/remaking/remaking.js'
import { imageSize, type ImagePlace } from '../../checkpoint/criu/image.js'
import type { EngineAnswer } from '../../checkpoint/engine.js'
import { within } from '../../host/clock/within.js'
import { readStat } from '../../host/procfs/stat.js'
import { observed } from '../../model/finding.js'
import type { KeptImage, Restoration } from '../../model/restoration.js'
import type { StartTimes } from '../requests/start-times.js'
import type { Image, RestoreAsked } from './asked.js'
import type { Written } from './keep-image.js'
import { Life, type EngineWord } from './life.js'
import { notTried } from './restoration.js'

/** The answer until an image is made. */
const blocked: Restoration = notTried('something speaks against the checkpoint.')

/** One real checkpoint of an app, whoever makes it: the image, its end, and its return. */
export abstract class Restoring {
  protected outcome = blocked
  protected written: Written | null = null
  private life: Life | null = null
  /** Whether it is on its way back. */
  private returns = false
  /** What it came back from; null while it has not. */
  image: Image | null = null
  private readonly givenUp = new AbortController()
  /** Tells who waits for the app's end what it was restored in. */
  private settle: (restored: RestoredApp | null) => void = () => undefined

  constructor(
    protected readonly app: StartedApp,
    protected readonly remaking: Remaking,
    protected readonly asked: RestoreAsked,
    private readonly engine: Pick<Restoration, 'engine' | 'engineVersion'>,
  ) {}

  /** What brings back what lies in a folder, and what it says where it can't. */
  protected abstract bringBack(place: ImagePlace): Promise<RestoredApp>
  protected abstract wordOf(place: ImagePlace): EngineWord
  /** Resolves when the app that has come back from its image once more has run its afterRestore. */
  protected abstract backAgain(image: Image, signal: AbortSignal, program: RestoredApp): Promise<EngineAnswer>
  /** Gives the image to the user. */
  protected abstract copy(written: Written): Promise<KeptImage | null>

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

  /**
   * Ends what has come back and brings it back once more, as an image is there to be restored often. The answer of its agent,
   * or why there is none.
   */
  async again(image: Image): Promise<EngineAnswer | string> {
    this.handOver()
    const tree = await this.tree()
    await this.life?.program.kill()
    await this.leftOf(tree, this.within(image.limit))
    let answer: EngineAnswer | undefined
    const lost = await this.live(image.place, image.limit, async (signal, program) => {
      answer = await this.backAgain(image, signal, program)
    })
    return lost ?? answer ?? 'its agent has not answered'
  }

  /** Gives the image to the user, where he wants it and it was written. */
  async keep(): Promise<KeptImage | null> {
    return this.written === null ? null : await this.copy(this.written)
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

  /** Of an earlier checkpoint nothing may be told as of this one. */
  protected begin(): void {
    this.outcome = blocked
    this.image = null
    this.written = null
  }

  /** From here on the end of the process is not the app's; `settled` says whose is. */
  protected handOver(): void {
    this.remaking.handOver(new Promise((resolve) => (this.settle = resolve)))
  }

  /** What is known of an image that has been written since `begin`, and is there to be restored. */
  protected async imaged(
    place: ImagePlace,
    begin: number,
  ): Promise<Pick<Restoration, 'checkpointMs' | 'imageBytes'>> {
    const checkpointMs = Math.round(performance.now() - begin)
    this.asked.timeline.within('image', begin)
    this.written = { place, logBytes: (await this.app.output.file.stat()).size }
    return { checkpointMs, imageBytes: await imageSize(place.here) }
  }

  /** Brings back what is in the folder. Null when its afterRestore has run, else why it hasn't. */
  protected async live(
    place: ImagePlace,
    limit: number,
    answered: (signal: AbortSignal, program: RestoredApp) => Promise<void>,
  ): Promise<string | null> {
    this.returns = true
    const back = performance.now()
    try {
      this.life = await Life.begin(() => this.bringBack(place), this.wordOf(place))
    } catch (error) {
      this.returns = false
      return `what it is to come back in could not be started: ${error instanceof Error ? error.message : String(error)}`
    }
    const lost = await this.life.isBack(answered, limit, this.signal)
    this.returns = false
    // The second time is not a step of the check.
    if (this.image === null) this.asked.timeline.within('restore', back)
    return lost
  }

  /** The app's processes. */
  protected abstract tree(): Promise<number[]>

  /** Waits until all pids are free for what comes back; one that is not by then, or null. */
  protected async leftOf(tree: readonly number[], limit: AbortSignal): Promise<number | null> {
    for (const pid of tree)
      while (await this.isThere(pid)) {
        if (limit.aborted) return pid
        await sleep(1)
      }
    return null
  }

  /** The answer with what came of the way back. */
  protected withLoss(answer: EngineAnswer): { answer: EngineAnswer; restoration: Restoration } {
    const restoration = this.outcome
    if (restoration.verdict !== 'restore-failed') return { answer, restoration }
    const failure = observed(restoration.reason ?? '', 'native')
    return { answer: { ...answer, afterRestore: [...answer.afterRestore, failure] }, restoration }
  }

  protected restored(): Restoration {
    const restoreMs = Math.round(this.life?.start.readyMs ?? 0)
    return { ...this.failed(null), verdict: 'restored', restoreMs }
  }

  protected failed(reason: string | null): Restoration {
    const capabilities = this.remaking.ours?.capabilities ?? null
    const { budgetMs } = this.asked
    return { ...notTried(''), ...this.engine, capabilities, budgetMs, reason, verdict: 'restore-failed' }
  }

  /** Why a process that has not gone keeps the app from coming back. */
  protected static held(pid: number, limit: number): string {
    return `process ${pid} of the app had not gone within ${limit} ms of its image, and only under its pid it comes back. Where it is a zombie, the machine's first process reaps nobody: give the container an init (docker run --init)`
  }

  protected within(ms: number): AbortSignal {
    return within(ms, this.givenUp.signal)
  }

  protected async isThere(pid = this.app.pid): Promise<boolean> {
    return (await readStat(pid, this.app.host)) !== null
  }
}
