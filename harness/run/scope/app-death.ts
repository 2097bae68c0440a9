import type { StartedApp } from '../../app/held.js'
import { lastWords } from '../../app/last-words.js'
import { AppError } from '../../model/errors.js'
import type { OwnCheckpoint } from '../app-checkpoint.js'
import type { Death } from './cancellation.js'

/** How the death of an app is reported, unless it ended with the checkpoint that it asked for itself. */
export const deathOf =
  (
    { exited, output }: Pick<StartedApp, 'exited' | 'output'>,
    ownCheckpoint: OwnCheckpoint,
    log?: string,
  ): Death =>
  async (when) => {
    const exit = await exited
    // What came of its own checkpoint is read to its end.
    if ((await ownCheckpoint.stop()) !== null) return await new Promise<never>(() => undefined)
    throw new AppError('APP_DIED', `The app ended (${exit}) ${when}.`, lastWords(output.text, log))
  }
