import { within } from '../../host/clock/within.js'
import type { RestoredApp } from '../../app/remaking/remaking.js'
import { StartTimes } from '../requests/start-times.js'

/** What an engine has to say of a return that has failed. */
export interface EngineWord {
  /** Its name in a sentence. */
  name: string
  /** Whether the app had been brought back all the same. */
  isRestored(program: RestoredApp): Promise<boolean>
  /** Why it couldn't be, in one line. */
  complaint(program: RestoredApp): Promise<string>
}

/** One life of an app out of its image. */
export class Life {
  private constructor(
    /** The engine's program, which ends with the app. */
    readonly program: RestoredApp,
    private readonly engine: EngineWord,
    readonly start: StartTimes,
  ) {}

  static async begin(starting: () => Promise<RestoredApp>, engine: EngineWord): Promise<Life> {
    const start = new StartTimes()
    return new Life(await starting(), engine, start)
  }

  /** Waits until its afterRestore has run: null when it has, else why it hasn't; then nothing of it is left. */
  async isBack(
    answered: (signal: AbortSignal, program: RestoredApp) => Promise<void>,
    limit: number,
    givenUp: AbortSignal,
  ): Promise<string | null> {
    const over = new AbortController()
    const gone = this.program.exited.then(() => 'gone' as const)
    const back = answered(within(limit, over.signal, givenUp), this.program).then(
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
    const { engine, program } = this
    if (await engine.isRestored(program))
      return came === 'late'
        ? `the app is back, and its afterRestore had not returned within ${limit} ms`
        : 'the app was back, and ended before its afterRestore had returned'
    const why = came === 'late' ? `it was not back within ${limit} ms` : await engine.complaint(program)
    return `${engine.name} could not bring the app back: ${why}`
  }
}
