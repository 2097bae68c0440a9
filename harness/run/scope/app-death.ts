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
    const why = exit === 0 ? leftBehind(command) : givenAway(output.text, command)
    throw new AppError('APP_DIED', `The app ended (${exit}) ${when}.${why}`, lastWords(output.text, log))
  }

/** A script or a program like setsid ends well when it has put into the background what it has started. */
function leftBehind([starter = '']: readonly string[] = []): string {
  if (starter === '' || launcherAt([starter]) === 0) return ''
  return ` "${starter}" has ended by itself: let it wait for the app ("exec" or no "&" in a script, "setsid --wait").`
}

/** Where our libraries have a link in the check's folder, the JVM of another user can't even load them. */
function givenAway(output: string, [starter = '']: readonly string[] = []): string {
  if (starter === '' || launcherAt([starter]) === 0 || !UNREADABLE.test(output)) return ''
  return ` Its user can't read the check's folder: put the whole check behind "${starter}", and not only the app.`
}

const UNREADABLE = /^Could not find agent library \S*\/crac-preflight-.*: Permission denied$/m
