import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { descendantsOf } from '../../app/container/processes.js'
import type { StartedApp } from '../../app/held.js'
import type { Remaking, RestoredApp } from '../../app/remaking/remaking.js'
import { withReason } from '../../checkpoint/crac/engine-log.js'
import type { Criu } from '../../checkpoint/criu/criu.js'
import {
  dump,
  isRestored,
  restoreCommand,
  restoreComplaint,
  type CriuThere,
  type ImagePlace,
  type Refusal,
} from '../../checkpoint/criu/image.js'
import type { EngineAnswer } from '../../checkpoint/engine.js'
import { rehearse, type HeldJvm, type RehearsalRequest } from '../../checkpoint/rehearsal/rehearsal.js'
import { ownPidOf } from '../../host/procfs/status.js'
import type { Capture, LedgerReading, QuietLedger } from '../../ledger/ledger.js'
import type { KeptImage, Restoration } from '../../model/restoration.js'
import type { Image, RestoreAsked } from './asked.js'
import { keepImage, type Written } from './keep-image.js'
import type { EngineWord } from './life.js'
import { placeOf } from './place.js'
import { Restoring } from './restoring.js'

/** CRIU makes the image of an app on a stock JDK, while the rehearsal's agent waits before afterRestore. */
export class CriuRestoring extends Restoring {
  private refusal: Refusal | null = null
  private held: HeldJvm | null = null

  constructor(
    private readonly criu: Criu,
    app: StartedApp,
    remaking: Remaking,
    asked: RestoreAsked,
  ) {
    super(app, remaking, asked, { engine: 'criu', engineVersion: criu.version })
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
    this.begin()
    this.refusal = null
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
    this.held = held
    const { pid, host } = this.app
    const here = await mkdtemp(join(this.asked.folder, 'criu-'))
    const place = { here, there: await this.remaking.share(here) }
    this.handOver()
    // Half of it for the image, half for the way back.
    const limit = Math.round(timeoutMs / 2)
    const before = await placeOf(this.app)
    const tree = await this.tree()
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
      this.outcome = this.failed(Restoring.held(left, limit))
      return false
    }
    const written = await this.imaged(place, begin)
    await held.release()
    const lost = await this.live(place, limit, (signal) => held.answered(signal))
    if (lost !== null) {
      this.outcome = { ...this.failed(lost), ...written }
      return false
    }
    this.outcome = { ...this.restored(), ...written }
    this.image = { place, limit, places: { before, after: await placeOf(this.app) } }
    return true
  }

  protected async backAgain(_image: Image, signal: AbortSignal): Promise<EngineAnswer> {
    if (this.held === null) throw new Error('no JVM was held')
    return await this.held.answeredAgain(signal)
  }

  protected async copy(written: Written): Promise<KeptImage | null> {
    const { kept } = this.asked
    if (kept === null) return null
    return await keepImage(kept, written, this.remaking, (place) => restoreCommand(this.there, place))
  }

  protected tree(): Promise<number[]> {
    return descendantsOf(this.app.pid, this.app.host)
  }

  protected bringBack(place: ImagePlace): Promise<RestoredApp> {
    return this.remaking.start(restoreCommand(this.there, place))
  }

  protected wordOf({ here }: ImagePlace): EngineWord {
    return { name: 'CRIU', isRestored: () => isRestored(here), complaint: () => restoreComplaint(here) }
  }

  /** The answer with what came of it, where CRIU had another opinion. */
  private judged(answer: EngineAnswer): { answer: EngineAnswer; restoration: Restoration } {
    if (this.refusal === null) return this.withLoss(answer)
    const findings = withReason(answer.findings, this.refusal)
    const output = answer.output + this.refusal.text
    return { answer: { ...answer, outcome: 'refused', findings, output }, restoration: this.outcome }
  }

  private get there(): CriuThere {
    const { criu, run } = this.remaking
    return { ...criu, command: criu.command ?? [this.criu.program], run }
  }
}
