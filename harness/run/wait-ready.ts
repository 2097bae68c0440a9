import type { RunningProcess } from '../app/held.js'
import { describeReady, untilReady } from '../app/ready.js'
import type { AppSpec } from '../app/spec.js'
import { untilDied } from './app-death.js'
import { AppError } from '../model/errors.js'
import { orGivenUp } from './cancellation.js'
import { jcmd } from '../jvm/attach.js'
import { findJvms } from '../jvm/java.js'
import type { OwnCheckpoint } from './app-checkpoint.js'
import { untilFull } from './disk-space.js'

/** What else can end the wait. */
interface Waiting {
  /** Gives up. */
  signal?: AbortSignal
  /** The app counts as ready then, whatever its condition says. */
  readyAt?: AbortSignal
  /** Where the app's output goes; it must not fill the disk. */
  folder: string
}

/** Waits for the app to be ready, to die or to be given up, whichever comes first. */
export async function readyInTime(
  spec: AppSpec,
  app: RunningProcess,
  ownCheckpoint: OwnCheckpoint,
  { signal, readyAt, folder }: Waiting,
): Promise<void> {
  const timeoutMs = spec.timeoutMs ?? 60_000
  const timeout = AbortSignal.timeout(timeoutMs)
  const over = new AbortController()
  const died = untilDied(app, ownCheckpoint, 'before it was ready')
  died.catch(() => undefined)
  try {
    await Promise.race([
      orGivenUp(
        app.started.then(() =>
          untilReady(
            { ...app, jvms: () => findJvms(app.pid, app.host) },
            spec.ready,
            AbortSignal.any([timeout, over.signal]),
          ),
        ),
        signal,
      ),
      // An app that asks for its own checkpoint may end with it: it was as ready as it will ever be.
      ownCheckpoint.answered(),
      died,
      orNever(untilFull(folder, over.signal)),
      ...(readyAt ? [untilAborted(readyAt)] : []),
    ])
  } catch (error) {
    if (!timeout.aborted) throw error
    const dump = await jcmd(app.pid, 'Thread.print', { timeoutMs: 5000, host: app.host }).catch(() => ({
      output: '',
    }))
    throw new AppError(
      'APP_NOT_READY',
      `The app was not ready within ${timeoutMs / 1000} s: waited for ${describeReady(spec.ready)}. Raise --timeout, or correct --ready. What it printed last, and its threads:`,
      `${app.output.tail(40)}\n\n${dump.output}`,
    )
  } finally {
    over.abort()
  }
}

/** The work's failure; its end decides nothing. */
const orNever = (work: Promise<unknown>): Promise<never> =>
  work.then(() => new Promise<never>(() => undefined))

const untilAborted = (signal: AbortSignal): Promise<unknown> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => {
        signal.addEventListener('abort', resolve)
      })
