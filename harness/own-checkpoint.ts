import type { EngineAnswer } from './checkpoint/engine.js'
import { rehearseWhenAsked } from './checkpoint/rehearsal.js'
import { loadAgent } from './jvm/attach.js'
import { systemProperties } from './jvm/properties.js'
import type { Launch } from './launch.js'
import type { Ledger, LedgerReading } from './ledger/ledger.js'

interface Found {
  answer: EngineAnswer
  reading: LedgerReading
  properties: Map<string, string>
}

/**
 * A checkpoint that the app asks for itself while it is rehearsed: `Core.checkpointRestore()`, Spring's onRefresh.
 * The app may end right afterwards, so everything is read while it waits for its answer.
 */
export class OwnCheckpoint {
  private readonly giveUp = new AbortController()
  private begun = false
  private readonly answer: Promise<Found | null>

  private constructor(folder: string, launch: Launch, observer: Ledger) {
    this.answer = launch.engine === 'rehearsal' ? this.wait(folder, launch, observer) : Promise.resolve(null)
    // Whoever asks for it later learns of a failure; until then nobody may.
    this.answer.catch(() => undefined)
  }

  /** Starts to wait for one; `folder` is the harness's own, as the agent knows it. */
  static await(folder: string, launch: Launch, observer: Ledger): OwnCheckpoint {
    return new OwnCheckpoint(folder, launch, observer)
  }

  /** Resolves when the app has asked and been answered; never, where it does not ask. */
  async answered(): Promise<void> {
    if ((await this.answer) === null) await new Promise(() => undefined)
  }

  /** Ends the wait. What came of it: null where the app has not asked. */
  async stop(): Promise<Found | null> {
    if (!this.begun) this.giveUp.abort()
    return await this.answer
  }

  private async wait(folder: string, launch: Launch, observer: Ledger): Promise<Found | null> {
    let found: Omit<Found, 'answer'> | undefined
    try {
      const answer = await rehearseWhenAsked({
        folder,
        cracVersion: launch.cracVersion,
        jdkFeature: launch.java.feature,
        signal: this.giveUp.signal,
        onJudged: async (pid) => {
          this.begun = true
          const properties = await systemProperties(pid)
          const captured = await observer.capture(pid)
          await observer.silence((library, options) => loadAgent(pid, library, options))
          found = { properties, reading: await observer.read(captured) }
        },
      })
      return found ? { answer, ...found } : null
    } catch (error) {
      if (this.giveUp.signal.aborted) return null
      throw error
    }
  }
}
