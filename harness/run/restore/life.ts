import { within } from '../../host/clock/within.js'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Criu } from '../../checkpoint/criu/criu.js'
import { isRestored, restore, restoreComplaint } from '../../checkpoint/criu/image.js'
import { StartTimes } from '../requests/start-times.js'

/** One life of an app out of its image. */
export class Life {
  private constructor(
    /** The engine's program, which ends with the app. */
    readonly program: ChildProcess,
    private readonly folder: string,
    readonly start: StartTimes,
  ) {}

  static async begin(criu: Criu, folder: string, group: number): Promise<Life> {
    const start = new StartTimes()
    return new Life(await restore(criu, folder, group), folder, start)
  }

  /** Waits for its agent's answer: null when that is there, else why it isn't; then nothing of it is left. */
  async isBack(
    answered: (signal: AbortSignal) => Promise<void>,
    limit: number,
    givenUp: AbortSignal,
  ): Promise<string | null> {
    const over = new AbortController()
    const gone = once(this.program, 'exit', { signal: over.signal }).then(() => 'gone' as const)
    const back = answered(within(limit, over.signal, givenUp)).then(
      () => 'back' as const,
      () => 'late' as const,
    )
    const ended = this.hasEnded ? Promise.resolve('gone' as const) : gone
    const came = await Promise.race([back, ended]).finally(() => {
      over.abort()
      gone.catch(() => undefined)
    })
    if (came === 'back') {
      this.start.ready()
      return null
    }
    // An image whose pages are cut keeps CRIU busy for ever.
    this.program.kill('SIGKILL')
    return await this.complaint(came, limit)
  }

  private async complaint(came: 'gone' | 'late', limit: number): Promise<string> {
    if (await isRestored(this.folder))
      return came === 'late'
        ? `the app is back, and its afterRestore had not returned within ${limit} ms`
        : 'the app was back, and ended before its afterRestore had returned'
    const why = came === 'late' ? `it was not back within ${limit} ms` : await restoreComplaint(this.folder)
    return `CRIU could not bring the app back: ${why}`
  }

  /** Ends it at once, as a machine does that goes down: no shutdown hook runs. */
  async end(group: number): Promise<void> {
    if (this.hasEnded) return
    const ended = once(this.program, 'exit')
    try {
      process.kill(-group, 'SIGKILL')
    } catch {
      this.program.kill('SIGKILL')
    }
    await ended
  }

  private get hasEnded(): boolean {
    return this.program.exitCode !== null || this.program.signalCode !== null
  }
}
