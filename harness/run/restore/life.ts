import { within } from '../../host/clock/within.js'
import type { RestoredApp } from '../../app/remaking/remaking.js'
import { isRestored, restoreComplaint } from '../../checkpoint/criu/image.js'
import { StartTimes } from '../requests/start-times.js'

/** One life of an app out of its image. */
export class Life {
  private constructor(
    /** The engine's program, which ends with the app. */
    readonly program: RestoredApp,
    private readonly folder: string,
    readonly start: StartTimes,
  ) {}

  static async begin(starting: () => Promise<RestoredApp>, folder: string): Promise<Life> {
    const start = new StartTimes()
    return new Life(await starting(), folder, start)
  }

  /** Waits for its agent's answer: null when that is there, else why it isn't; then nothing of it is left. */
  async isBack(
    answered: (signal: AbortSignal) => Promise<void>,
    limit: number,
    givenUp: AbortSignal,
  ): Promise<string | null> {
    const over = new AbortController()
    const gone = this.program.exited.then(() => 'gone' as const)
    const back = answered(within(limit, over.signal, givenUp)).then(
      () => 'back' as const,
      () => 'late' as const,
    )
    const came = await Promise.race([back, gone]).finally(() => {
      over.abort()
    })
    if (came === 'back') {
      this.start.ready()
      await this.program.arrived()
      return null
    }
    // An image whose pages are cut keeps CRIU busy for ever.
    const why = await this.complaint(came, limit)
    await this.program.kill()
    return why
  }

  private async complaint(came: 'gone' | 'late', limit: number): Promise<string> {
    if (await isRestored(this.folder))
      return came === 'late'
        ? `the app is back, and its afterRestore had not returned within ${limit} ms`
        : 'the app was back, and ended before its afterRestore had returned'
    const why = came === 'late' ? `it was not back within ${limit} ms` : await restoreComplaint(this.folder)
    return `CRIU could not bring the app back: ${why}`
  }
}
