import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StartedApp } from '../../app/held.js'
import { reasonOf, withReason, type EngineReason } from '../../checkpoint/crac/engine-log.js'
import type { Criu } from '../../checkpoint/criu/criu.js'
import { dump, dumpLog, imageSize, restore, restoreLog } from '../../checkpoint/criu/image.js'
import type { EngineAnswer } from '../../checkpoint/engine.js'
import { rehearse, type HeldJvm, type RehearsalRequest } from '../../checkpoint/rehearsal/rehearsal.js'
import { readStat } from '../../host/procfs/stat.js'
import { observed } from '../../model/finding.js'
import type { Restoration } from '../../model/restoration.js'
import type { Capture, LedgerReading, QuietLedger } from '../../ledger/ledger.js'
import type { EngineName } from '../launch.js'
import { notTried, ofCracJdk } from './restoration.js'

/** A process of this machine, whose end can be handed over to what it is restored in. */
type Restorable = StartedApp & { handOver: NonNullable<StartedApp['handOver']> }

/** What is told until an image is made. */
const blocked: Restoration = notTried('something speaks against the checkpoint.')

/** One real checkpoint of an app: the image, its end, and its return. */
export class Restoring {
  private outcome = blocked
  private refusal: EngineReason | null = null
  private heir: ChildProcess | null = null
  private readonly givenUp = new AbortController()
  /** Tells who waits for the app's end what it was restored in. */
  private settle: (restored: ChildProcess | null) => void = () => undefined

  constructor(
    private readonly criu: Criu,
    private readonly app: Restorable,
    private readonly parent: string,
  ) {}

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
    const folder = await mkdtemp(join(this.parent, 'criu-'))
    this.app.handOver(new Promise((resolve) => (this.settle = resolve)))
    // Half of it for the image, half for the way back.
    const limit = Math.round(timeoutMs / 2)
    const begin = performance.now()
    const signal = this.within(limit)
    if (!(await dump(this.criu, this.app.pid, folder, signal))) {
      const log = await dumpLog(folder)
      this.refusal = reasonOf(log)
      this.outcome = this.failed(`CRIU refused to make the image: ${complaintOf(log)}`)
      await held.release()
      return await this.isThere()
    }
    // Its pid must be free for what comes back.
    while ((await this.isThere()) && !signal.aborted) await sleep(1)
    if (signal.aborted) {
      this.outcome = this.failed(`process ${this.app.pid} had not ended with its image within ${limit} ms`)
      return false
    }
    const checkpointMs = Math.round(performance.now() - begin)
    const written = { checkpointMs, imageBytes: await imageSize(folder) }
    await held.release()
    return await this.bringBack(held, folder, written, limit)
  }

  /** To be called when all is done that the app was needed for: from then on its end counts. */
  settled(): void {
    this.settle(this.heir)
  }

  /** Ends what is under way. What is back ends as every app does. */
  giveUp(): void {
    this.givenUp.abort()
    if (this.outcome.verdict !== 'restored') this.heir?.kill('SIGKILL')
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

  private async bringBack(
    held: HeldJvm,
    folder: string,
    written: Pick<Restoration, 'checkpointMs' | 'imageBytes'>,
    limit: number,
  ): Promise<boolean> {
    const begin = performance.now()
    this.heir = await restore(this.criu, folder)
    const over = new AbortController()
    const gone = once(this.heir, 'exit', { signal: over.signal }).then(() => 'gone' as const)
    const signal = AbortSignal.any([over.signal, this.within(limit)])
    const back = held.answered(signal).then(
      () => 'back' as const,
      () => 'late' as const,
    )
    const came = await Promise.race([back, gone]).finally(() => {
      over.abort()
      gone.catch(() => undefined)
    })
    if (came === 'back') {
      const restoreMs = Math.round(performance.now() - begin)
      this.outcome = { ...this.failed(null), ...written, verdict: 'restored', restoreMs }
      return true
    }
    // An image whose pages are cut keeps CRIU busy for ever.
    this.heir.kill('SIGKILL')
    const why = came === 'late' ? `it was not back within ${limit} ms` : complaintOf(await restoreLog(folder))
    this.outcome = { ...this.failed(`CRIU could not bring the app back: ${why}`), ...written }
    return false
  }

  private within(ms: number): AbortSignal {
    return AbortSignal.any([this.givenUp.signal, AbortSignal.timeout(ms)])
  }

  private async isThere(): Promise<boolean> {
    return (await readStat(this.app.pid, this.app.host)) !== null
  }

  private failed(reason: string | null): Restoration {
    const { version } = this.criu
    return { ...notTried(''), verdict: 'restore-failed', engine: 'criu', engineVersion: version, reason }
  }
}

/** What a log says in one line. */
const complaintOf = (log: string): string => reasonOf(log)?.findings[0]?.message ?? 'its log names no error'

/** Why an app is not restored, although that was asked, whose checkpoint somebody else makes; null where it wasn't. */
export function notRestored(
  restoring: Restoring | Restoration | null,
  engine: EngineName,
): Restoration | null {
  if (!(restoring instanceof Restoring)) return restoring
  return engine === 'crac' ? ofCracJdk : notTried('the app has asked for its checkpoint itself.')
}
