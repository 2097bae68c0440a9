/**
 * The product, top to bottom: hold the app, trace it, release it, wait until it is ready, warm it up, silence the
 * observers, ask for a checkpoint, and join what was refused with who made it.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { holdContainer } from './app/container/container.js'
import { fromEngine } from './app/container/engine.js'
import { openPlace, type Place } from './app/container/place.js'
import type { HeldApp, RunningProcess } from './app/held.js'
import { holdProcess } from './app/process.js'
import { describeReady, untilReady } from './app/ready.js'
import { defaultName, inContainer, type AppSpec } from './app/spec.js'
import type { CracVersion } from './checkpoint/engine.js'
import { AppError, PreflightError, UsageError } from './errors.js'
import { localHost, type Host } from './host.js'
import { jcmd } from './jvm/attach.js'
import { planContainerLaunch } from './launch-container.js'
import { planLaunch, type EngineName, type Launch, type LaunchRequest } from './launch.js'
import { Ledger, type TraceMode } from './ledger/ledger.js'
import { failedReport, toReport } from './make-report.js'
import { OwnCheckpoint } from './own-checkpoint.js'
import type { Report } from './report.js'
import { RunningApp } from './running-app.js'
import { orNoSpace, untilFull } from './space.js'
import { imageFolderOf, openScratch } from './scratch.js'

export interface BootOptions {
  engine?: EngineName | 'auto'
  /** Whose rules a rehearsal follows; `25` by default. */
  cracVersion?: CracVersion
  trace?: TraceMode
  /** Also take native stacks of what the JVM opens before its agents are up. */
  bootStacks?: boolean
  /** Told when a phase begins. */
  onPhase?: (phase: Phase) => void
  /** Told in one line what `trace: 'auto'` has chosen, and why. */
  onTracer?: (choice: string) => void
  /** Gives up: the app is stopped and everything cleaned up. */
  signal?: AbortSignal
  /** Ends the wait: the app counts as ready then, whatever `ready` says. */
  readyAt?: AbortSignal
  /** Called with the held app, to watch for its end; its ledger can then be read when its JVM is held at its end. */
  atExit?: (pid: number, host: Host) => Promise<void>
}

export interface PreflightOptions extends BootOptions {
  /** What to do with the app between ready and checkpoint. */
  warmUp?: (app: RunningApp) => Promise<void>
  /** How long the checkpoint may take, in milliseconds; 60,000 by default. */
  checkpointTimeoutMs?: number
  /** Called with the app before it is stopped, e.g. to keep its log. */
  beforeStop?: (app: RunningApp) => Promise<void>
}

export type Phase = 'boot' | 'warm-up' | 'checkpoint' | 'join'

/** The whole flow, once. Only a usage error is thrown; whatever else goes wrong is a report with verdict `failed`. */
export async function preflight(spec: AppSpec, options: PreflightOptions = {}): Promise<Report> {
  const begin = performance.now()
  let app: RunningApp | undefined
  let warmUpMs: number | null = null
  try {
    options.onPhase?.('boot')
    app = await boot(spec, options)
    if (options.warmUp) {
      options.onPhase?.('warm-up')
      warmUpMs = await orGivenUp(warmUp(app, options.warmUp), options.signal)
    }
    options.onPhase?.('checkpoint')
    const checkpointed = await orGivenUp(app.checkpoint(options.checkpointTimeoutMs), options.signal)
    options.onPhase?.('join')
    return await toReport(checkpointed, { warmUpMs, totalMs: performance.now() - begin })
  } catch (caught) {
    const error = app ? await orNoSpace(caught, app.folder) : caught
    if (error instanceof UsageError || !(error instanceof PreflightError)) throw error
    return failedReport(spec, app, error, { warmUpMs, totalMs: performance.now() - begin })
  } finally {
    if (app) await options.beforeStop?.(app)
    await app?.stop()
  }
}

/** Starts the app behind the gate, attaches the ledger, releases it and waits until it is ready. */
export async function boot(spec: AppSpec, options: BootOptions = {}): Promise<RunningApp> {
  const scratch = await openScratch()
  const imageFolder = imageFolderOf(scratch.path)
  const cleanUp: (() => Promise<unknown>)[] = [() => scratch.remove()]
  try {
    await mkdir(imageFolder)
    const trace = options.trace ?? 'auto'
    const place = await placeOf(spec, scratch.path, trace)
    cleanUp.unshift(() => place.close())
    const ledger = await Ledger.prepare(scratch.path, trace, {
      bootStacks: options.bootStacks === true,
      host: place.host,
      told: place.told,
    })
    if (ledger.chosen !== null) options.onTracer?.(ledger.chosen)
    if (options.atExit) ledger.keepAtDeath()
    cleanUp.unshift(() => ledger.stop())
    const { launch, held } = await hold(spec, place.host, {
      engine: options.engine ?? 'auto',
      cracVersion: options.cracVersion ?? '25',
      ledger,
      folder: scratch.path,
      imageFolder,
    })
    cleanUp.unshift(() => held.stop())
    await ledger.observe(held.pid)
    await options.atExit?.(held.pid, place.host)
    const released = performance.now()
    const running = held.release()
    await ledger.released()
    const ownCheckpoint = OwnCheckpoint.await(scratch.path, launch, running, ledger)
    cleanUp.unshift(() => ownCheckpoint.stop())
    await readyInTime(spec, running, ownCheckpoint, { ...options, folder: scratch.path })
    const named = { ...spec, name: spec.name ?? defaultName(spec) }
    return new RunningApp(
      named,
      launch,
      running,
      ledger,
      ownCheckpoint,
      { path: scratch.path, remove: () => place.close().finally(() => scratch.remove()) },
      performance.now() - released,
    )
  } catch (caught) {
    const error = await orNoSpace(inContainer(spec) ? fromEngine(caught) : caught, scratch.path)
    // One step that fails must not keep the others from being taken.
    for (const step of cleanUp) await step().catch(() => undefined)
    throw error
  }
}

/** Where the app's processes run: here, or wherever the Docker engine is. */
const placeOf = (spec: AppSpec, folder: string, trace: TraceMode): Promise<Place> =>
  inContainer(spec)
    ? openPlace(folder, trace !== 'none' && trace !== 'preload')
    : Promise.resolve({ host: localHost, told: null, close: () => Promise.resolve() })

/** The app at its first instruction, as a process or in a container. */
async function hold(
  spec: AppSpec,
  host: Host,
  request: Omit<LaunchRequest, 'spec'>,
): Promise<{ launch: Launch; held: HeldApp }> {
  const logFile = join(request.folder, 'app.log')
  if (inContainer(spec)) {
    const launch = await planContainerLaunch({ ...request, spec })
    return { launch, held: await holdContainer({ ...launch, ...request, host, logFile }) }
  }
  const launch = await planLaunch({ ...request, spec })
  return { launch, held: await holdProcess({ ...launch, logFile }) }
}

/** Waits for the app to be ready, to die or to be given up, whichever comes first. */
async function readyInTime(
  spec: AppSpec,
  app: RunningProcess,
  ownCheckpoint: OwnCheckpoint,
  { signal, readyAt, folder }: BootOptions & { folder: string },
): Promise<void> {
  const timeoutMs = spec.timeoutMs ?? 60_000
  const timeout = AbortSignal.timeout(timeoutMs)
  const over = new AbortController()
  const died = app.exited.then(async (exit) => {
    // It may have ended with the checkpoint that it asked for itself: what came of that is read to its end.
    if ((await ownCheckpoint.stop()) !== null) return
    throw new AppError(
      'APP_DIED',
      `The app ended (${exit}) before it was ready. What it printed last:`,
      app.output.tail(40),
    )
  })
  died.catch(() => undefined)
  try {
    await Promise.race([
      orGivenUp(
        app.started.then(() => untilReady(app, spec.ready, AbortSignal.any([timeout, over.signal]))),
        signal,
      ),
      // An app that asks for its own checkpoint may end with it: it was as ready as it will ever be.
      ownCheckpoint.answered(),
      died,
      orNever(untilFull(folder, over.signal)),
      ...(readyAt ? [new Promise((resolve) => readyAt.addEventListener('abort', resolve))] : []),
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

async function warmUp(app: RunningApp, action: (app: RunningApp) => Promise<void>): Promise<number> {
  const begin = performance.now()
  try {
    await action(app)
  } catch (error) {
    throw new AppError(
      'WARM_UP_FAILED',
      `The warm-up failed: ${error instanceof Error ? error.message : String(error)}`,
      app.output,
    )
  }
  return performance.now() - begin
}

/** The work's failure; its end decides nothing. */
const orNever = (work: Promise<unknown>): Promise<never> =>
  work.then(() => new Promise<never>(() => undefined))

/** The work's outcome, or the signal's reason when that comes first. */
async function orGivenUp<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work
  signal.throwIfAborted()
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error)
    })
  })
  work.catch(() => undefined)
  return await Promise.race([work, givenUp])
}
