import type { StartedApp } from '../../app/held.js'
import { lastWords } from '../../app/last-words.js'
import { AppError } from '../../model/errors.js'
import { launcherAt } from '../../jvm/java-command-line.js'
import type { AppCheckpoint } from '../app-checkpoint.js'
import type { Death } from './cancellation.js'

/** How the death of an app is reported, unless it ended with the checkpoint that it asked for itself. */
export const deathOf =
  (
    { exited, output }: Pick<StartedApp, 'exited' | 'output'>,
    appCheckpoint: AppCheckpoint,
    { log, command }: { log?: string | undefined; command?: readonly string[] | undefined } = {},
  ): Death =>
  async (when) => {
    const exit = await exited
    // What came of its own checkpoint is read to its end.
    if ((await appCheckpoint.stop()) !== null) return await new Promise<never>(() => undefined)
    const left = exit === 0 ? leftBehind(command) : ''
    throw new AppError('APP_DIED', `The app ended (${exit}) ${when}.${left}`, lastWords(output.text, log))
  }

/** A script or a program like setsid ends well when it has put into the background what it has started. */
function leftBehind([starter = '']: readonly string[] = []): string {
  if (starter === '' || launcherAt([starter]) === 0) return ''
  return ` "${starter}" has ended by itself: let it wait for the app ("exec" or no "&" in a script, "setsid --wait").`
}
