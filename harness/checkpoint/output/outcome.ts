import type { Sign } from './milestones.js'

export type Outcome = 'checkpoint-failed' | 'checkpoint-ok' | 'restore-failed' | 'restore-ok' | 'mixed'

/** How one request for a checkpoint (or a restore) went, as far as its own lines tell. */
export interface Attempt {
  /** Exceptions of the Java side or the scan of descriptors: the engine was never called. */
  refused: boolean
  /** The engine was called and gave up. */
  engineFailed: boolean
  restoreFailed: boolean
}

/** Counts what was seen in a text and says how it ended; independent of order, since streams interleave. */
export class Tally {
  private failed = 0
  private engineFailed = 0
  private restoreFailed = 0
  private restoreOk = 0
  private engineCalled = 0
  private engineOk = 0
  private killed = 0
  private started = 0
  private restartFailed = false
  private aboutCrac = false
  private jcmdOk = false

  attempt(attempt: Attempt): void {
    if (attempt.refused || attempt.engineFailed) this.failed++
    if (attempt.engineFailed && !attempt.refused) this.engineFailed++
    if (attempt.restoreFailed) this.restoreFailed++
  }

  sign(sign: Sign): void {
    if (sign === 'engine-called') this.engineCalled++
    else if (sign === 'checkpoint-ok' || sign === 'criu-dump-ok') this.engineOk++
    else if (sign === 'restore-ok' || sign === 'criu-restore-ok') this.restoreOk++
    else if (sign === 'killed') this.killed++
    else if (sign === 'starting') this.started++
    else if (sign === 'restart-failed') this.restartFailed = true
    else if (sign === 'about-crac') this.aboutCrac = true
    else if (sign === 'jcmd-ok') this.jcmdOk = true
  }

  /** Whether nothing but jcmd's own success speaks for a checkpoint. */
  isHearsay(): boolean {
    return this.jcmdOk && this.engineOk + this.engineCalled + this.killed + this.restoreOk === 0
  }

  outcome(): Outcome | null {
    const failed = this.failed > 0 || this.restartFailed
    const ok = this.checkpointOk(failed)
    const restored = this.restoreOk > 0
    const notRestored = this.restoreFailed > 0
    if ((failed && ok) || (restored && notRestored) || (failed && restored)) return 'mixed'
    if (failed) return 'checkpoint-failed'
    if (notRestored) return 'restore-failed'
    if (ok) return 'checkpoint-ok'
    return restored ? 'restore-ok' : null
  }

  /**
   * `CR: Checkpoint ...` comes before the engine's answer, so it counts only where no failure of an engine uses it up.
   * A process that was killed proves a checkpoint only if the text is about one that did not fail.
   */
  private checkpointOk(failed: boolean): boolean {
    const unheard = this.restartFailed && this.failed === 0 ? 1 : 0
    if (this.engineOk > 0 || this.engineCalled > this.engineFailed + unheard) return true
    if (this.killed > 0 && failed) return this.started > this.failed
    if (this.killed > 0) return this.aboutCrac || this.started > 0
    return this.jcmdOk && !failed && this.restoreFailed === 0
  }
}
