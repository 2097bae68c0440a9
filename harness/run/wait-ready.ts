import { setTimeout as sleep } from 'node:timers/promises'
import type { StartedApp } from '../app/held.js'
import { lastWords } from '../app/last-words.js'
import { describeReady, untilReady, type Ready, type Watched } from '../app/ready.js'
import type { AppSpec } from '../app/spec.js'
import { AppError } from '../model/errors.js'
import type { Run } from './scope/cancellation.js'
import type { Host } from '../host/host.js'
import { jcmd } from '../jvm/attach.js'
import { awaitedDebugger } from '../jvm/debugger.js'
import { findJvms } from '../jvm/java.js'
import { loadedClasses } from '../jvm/loaded-classes.js'
import type { AppCheckpoint } from './app-checkpoint.js'

/** What else can end the wait. */
interface Waiting {
  /** It may be given up, the app may die, and its output must not fill the disk. */
  run: Run
  /** The app counts as ready then, whatever its condition says. */
  readyAt: AbortSignal | undefined
  /** Where its log is kept. */
  log: string | undefined
}

/**
 * Waits for the app to be ready, to die or to be given up, whichever comes first. Says what it was taken as ready for
 * where nobody gave a condition, else null.
 */
export async function readyInTime(
  spec: AppSpec,
  app: StartedApp,
  appCheckpoint: AppCheckpoint,
  { run, readyAt, log }: Waiting,
): Promise<string | null> {
  const timeoutMs = spec.timeoutMs ?? 60_000
  const timeout = AbortSignal.timeout(timeoutMs)
  const over = new AbortController()
  let waiting = ''
  const watched: Watched & { host: Host } = {
    ...app,
    jvms: () => findJvms(app.pid, app.host),
    classes: (pid) => loadedClasses(pid, app.host),
    threads: (pid) => threadsOf(pid, app.host),
    onWaiting: (why) => (waiting = `, but ${why}`),
  }
  try {
    const ready = Promise.race([
      app.started.then(() => untilBegun(watched, spec.ready, AbortSignal.any([timeout, over.signal]))),
      // An app that asks for its own checkpoint may end with it: it was as ready as it will ever be.
      appCheckpoint.answered().then(() => null),
      ...(readyAt ? [untilAborted(readyAt)] : []),
    ])
    return await run.alive(ready, 'before it was ready')
  } catch (error) {
    if (!timeout.aborted) throw error
    const option = await debuggerOf(app)
    const why = option === null ? waiting : `, but its JVM waits for a debugger (${option} without suspend=n)`
    const advice = option === null ? ADVICE[spec.ready === undefined ? 'guessed' : 'given'] : DEBUGGER_ADVICE
    throw new AppError(
      'APP_NOT_READY',
      `The app was not ready within ${timeoutMs / 1000} s: waited for ${describeReady(spec.ready)}${why}. ${advice}`,
      `${lastWords(app.output.text, log)}\n\n${await threadsToldOf(app)}`,
      { cause: error },
    )
  } finally {
    over.abort()
  }
}

/** A JVM that waits for a debugger prints and listens as a ready one does, before the app has begun. */
async function untilBegun(
  app: Watched & { host: Host },
  ready: Ready | undefined,
  signal: AbortSignal,
): Promise<string | null> {
  for (;;) {
    const takenAs = await untilReady(app, ready, signal)
    if ((await debuggerOf(app)) === null) return takenAs
    await sleep(500, undefined, { signal })
  }
}

/** The option by which one of the app's JVMs waits for a debugger. */
async function debuggerOf(app: Pick<StartedApp, 'pid' | 'host'>): Promise<string | null> {
  for (const pid of await findJvms(app.pid, app.host)) {
    const option = await awaitedDebugger(pid, app.host)
    if (option !== null) return option
  }
  return null
}

const DEBUGGER_ADVICE = 'Give suspend=n, or let the debugger go on.'
const ADVICE = {
  given: 'Raise --timeout, or correct --ready.',
  guessed: 'Raise --timeout, or say with --ready what makes it ready.',
}

/** A dump of a JVM's threads; null where it can't be attached to. */
const threadsOf = (pid: number, host: Host): Promise<string | null> =>
  jcmd(pid, 'Thread.print', { timeoutMs: 5000, host }).then(
    ({ output }) => output,
    () => null,
  )

const threadsToldOf = async ({ pid, host }: StartedApp): Promise<string> => {
  const threads = await threadsOf(pid, host)
  return threads === null ? '' : `Its threads:\n${threads}`
}

const untilAborted = (signal: AbortSignal): Promise<null> =>
  signal.aborted
    ? Promise.resolve(null)
    : new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve(null)
        })
      })
