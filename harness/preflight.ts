/**
 * The product, top to bottom: hold the app, trace it, release it, wait until it is ready, warm it up, silence the
 * observers, ask for a checkpoint, and join what was refused with who made it.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { holdContainer } from './app/container/container.js'
import { fromEngine } from './app/container/engine.js'
import { openPlace, type Place } from './app/container/machine.js'
import type { HeldApp } from './app/held.js'
import { holdProcess } from './app/process.js'
import { defaultName, inContainer, type AppSpec } from './app/spec.js'
import type { CracVersion } from './checkpoint/engine.js'
import { AppError, PreflightError, UsageError } from './model/errors.js'
import { orGivenUp, UndoableSteps } from './run/cancellation.js'
import type { Host } from './host/host.js'
import { localHost } from './host/local-host.js'
import { planContainerLaunch } from './run/launch-container.js'
import { planLaunch, type EngineName, type Launch, type LaunchRequest } from './run/launch.js'
import { Ledger, type TraceMode } from './ledger/ledger.js'
import { failedReport, toReport } from './run/to-report.js'
import { OwnCheckpoint } from './run/app-checkpoint.js'
import { readyInTime } from './run/wait-ready.js'
import type { Report } from './model/report.js'
import { RunningApp } from './run/running-app.js'
import { orNoSpace } from './run/disk-space.js'
import { imageFolderOf, openScratch } from './run/scratch.js'
import { askAgain, reasonOf } from './run/ask-again.js'
import { takeAll } from './run/take-all.js'
import { harmless } from '../reports/parts/escape.js'

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
      warmUpMs = await orGivenUp(
        app.orDied(warmUp(app, options.warmUp), 'during the warm-up'),
        options.signal,
      )
    }
    options.onPhase?.('checkpoint')
    const checkpointed = await orGivenUp(
      app
        .checkpoint(options.checkpointTimeoutMs)
        .then((checkpointed) => askAgain(checkpointed, options.warmUp)),
      options.signal,
    )
    options.onPhase?.('join')
    return await toReport(checkpointed, { warmUpMs, totalMs: performance.now() - begin })
  } catch (caught) {
    const error = app ? await orNoSpace(caught, app.folder) : caught
    if (error instanceof UsageError || !(error instanceof PreflightError)) throw error
    return failedReport(spec, app, error, { warmUpMs, totalMs: performance.now() - begin })
  } finally {
    if (app) await end(app, options.beforeStop)
  }
}

/** A failure to stop is told for itself, and takes nobody's outcome away. */
async function end(app: RunningApp, beforeStop: PreflightOptions['beforeStop']): Promise<void> {
  await takeAll([() => Promise.resolve(beforeStop?.(app)), () => app.stop()]).catch((error: unknown) => {
    process.emitWarning(
      harmless(`What was started for the check could not be ended: ${String(error)}`),
      'PreflightWarning',
    )
  })
}

/** Starts the app behind the gate, attaches the ledger, releases it and waits until it is ready. */
export async function boot(spec: AppSpec, options: BootOptions = {}): Promise<RunningApp> {
  const scratch = await openScratch()
  const imageFolder = imageFolderOf(scratch.path)
  // Before the app runs there is nothing that could count as ready.
  const givenUp = AbortSignal.any([options.signal, options.readyAt].filter((signal) => signal !== undefined))
  const steps = new UndoableSteps(givenUp)
  steps.add(() => scratch.remove())
  try {
    await mkdir(imageFolder)
    const trace = options.trace ?? 'auto'
    const place = await steps.take(placeOf(spec, scratch.path, trace), (place) => place.close())
    const ledger = await steps.take(
      Ledger.prepare(scratch.path, trace, {
        bootStacks: options.bootStacks === true,
        host: place.host,
        told: place.told,
      }),
      (ledger) => ledger.stop(),
    )
    if (ledger.chosen !== null) options.onTracer?.(ledger.chosen)
    if (options.atExit) ledger.keepAtDeath()
    const { launch, held } = await steps.take(
      hold(spec, place.host, {
        engine: options.engine ?? 'auto',
        cracVersion: options.cracVersion ?? '25',
        ledger,
        folder: scratch.path,
        imageFolder,
      }),
      ({ held }) => held.stop(),
    )
    await orGivenUp(ledger.observe(held.pid), givenUp)
    await options.atExit?.(held.pid, place.host)
    const released = performance.now()
    const running = held.release()
    await orGivenUp(ledger.released(), options.signal)
    const ownCheckpoint = OwnCheckpoint.await(scratch.path, launch, running, ledger)
    steps.add(() => ownCheckpoint.stop())
    const takenAsReady = await readyInTime(spec, running, ownCheckpoint, { ...options, folder: scratch.path })
    const named = { ...spec, name: spec.name ?? defaultName(spec) }
    return new RunningApp(
      named,
      launch,
      running,
      ledger,
      ownCheckpoint,
      { path: scratch.path, remove: () => place.close().finally(() => scratch.remove()) },
      performance.now() - released,
      takenAsReady,
    )
  } catch (caught) {
    const error = await orNoSpace(inContainer(spec) ? fromEngine(caught) : caught, scratch.path)
    await steps.undoAll()
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

async function warmUp(app: RunningApp, action: (app: RunningApp) => Promise<void>): Promise<number> {
  const begin = performance.now()
  try {
    await action(app)
  } catch (error) {
    throw new AppError(
      'WARM_UP_FAILED',
      `The warm-up failed: ${reasonOf(error)}.\nWhat the app printed last:`,
      app.output.split('\n').slice(-40).join('\n'),
    )
  }
  return performance.now() - begin
}
