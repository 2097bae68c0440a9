import { setTimeout as sleep } from 'node:timers/promises'
import type { AppSpec } from '../app/spec.js'
import { AppError, TracerError } from '../model/errors.js'
import { localHost } from '../host/local-host.js'
import { readCmdline } from '../host/procfs/cmdline.js'
import { readStatus } from '../host/procfs/status.js'
import { findJvms, isJvm } from '../jvm/java.js'
import { bootApp } from '../run/boot.js'
import type { BootedApp } from '../run/booted-app.js'
import { ExitHold } from './exit-hold.js'
import { launchProperties } from '../jvm/properties.js'
import type { Answer } from '../model/answer.js'
import { toAnswer } from './answer.js'
import type { TraceOptions } from './trace-running.js'

/** Longer than anybody waits, and not too long for a timer. */
const UNTIL_ITS_END = 2_000_000_000

/** How long what is around a JVM, like a script, may take to end after it. */
const TO_ITS_END_MS = 5000

/**
 * Starts an app and lists what it still holds when it ends: its JVM is held when it has called exit, after its shutdown
 * hooks, while the descriptors are there. After a time, or at Ctrl-C, the app is asked to end.
 */
export async function traceToExit(
  spec: AppSpec,
  options: TraceOptions,
  say: (what: string) => void,
): Promise<Answer> {
  const over = new AbortController()
  let hold: ExitHold | undefined
  let first: Promise<number | null> = Promise.resolve(null)
  let app: BootedApp | undefined
  try {
    app = await bootApp(
      { ...spec, ready: { seconds: UNTIL_ITS_END / 1000 }, timeoutMs: UNTIL_ITS_END },
      {
        trace: options.trace,
        bootStacks: options.bootStacks,
        onTracer: options.onTracer,
        readyAt: over.signal,
        atExit: async (pid, host) => {
          if (host !== localHost)
            throw new TracerError('TRACER_UNSUPPORTED', '--at-exit needs the app on this machine.')
          options.interrupted.throwIfAborted()
          const watcher = await ExitHold.watch(pid)
          hold = watcher
          askToEnd(pid, options, over.signal, say)
          first = nextJvm(watcher, pid, spec.mainClass)
          first.then(
            () => {
              over.abort()
            },
            () => {
              over.abort()
            },
          )
        },
      },
    )
    const pid = await first
    if (hold === undefined || pid === null)
      throw new AppError(
        'APP_NOT_JAVA',
        `${app.launch.own.join(' ')} has ended, and no JVM${spec.mainClass === undefined ? '' : ` with the word "${spec.mainClass}" in its command line`} before it. What it printed last:`,
        app.output.split('\n').slice(-20).join('\n'),
      )
    const reading = await app.ledgerAtExit(pid)
    const properties = await launchProperties(pid, localHost)
    const traced = await toAnswer(app.spec.name, options.by, { reading, properties, place: app })
    // From here on it, and a script around it, end as they would.
    hold.stop()
    await Promise.race([app.exited, sleep(TO_ITS_END_MS, undefined, { ref: false })])
    return traced
  } finally {
    over.abort()
    hold?.stop()
    await app?.stop()
  }
}

/** The first JVM of the app that has come to its end; null where the app has ended without. */
async function nextJvm(hold: ExitHold, root: number, mainClass: string | undefined): Promise<number | null> {
  for (let pid = await hold.exit(); pid !== null; pid = await hold.exit()) {
    const ends = await isAlone(pid)
    if (ends && (await isMeant(pid, mainClass))) return pid
    if (ends && pid === root) {
      // The answer comes first: when the root ends, the app has.
      setTimeout(() => {
        hold.release(root)
      }, 100)
      return null
    }
    hold.release(pid)
  }
  throw new TracerError('TRACER_LOST', 'The watcher of the app’s end has ended before the app.')
}

async function isMeant(pid: number, mainClass: string | undefined): Promise<boolean> {
  if (!(await isJvm(pid))) return false
  return mainClass === undefined || (await readCmdline(pid, localHost)).includes(mainClass)
}

/** Its other threads end a moment before. Where they do not, it was one thread's end and not the process's. */
async function isAlone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    if ((await readStatus(pid, localHost))?.threads === 1) return true
    await sleep(20)
  }
  return false
}

/** Ends the app's JVMs as a user would, when it is time. */
function askToEnd(
  pid: number,
  { forMs, interrupted }: TraceOptions,
  over: AbortSignal,
  say: (what: string) => void,
): void {
  const end = async (why: string): Promise<void> => {
    if (over.aborted) return
    say(`${why}: the app is asked to end`)
    const jvms = await findJvms(pid)
    for (const each of jvms.length > 0 ? jvms : [pid])
      await localHost.kill(each, 'SIGTERM').catch(() => undefined)
  }
  interrupted.addEventListener('abort', () => void end('Ctrl-C (again to give up)'))
  if (forMs !== null)
    void sleep(forMs, undefined, { signal: over }).then(
      () => end(`${forMs / 1000} s are over`),
      () => undefined,
    )
}
