/**
 * Boots apps: hold the app at its first instruction, attach the observers, release it, wait until it is ready. Whatever
 * ends a step before, what was made so far is undone.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { holdContainer } from '../app/container/container.js'
import { fromEngine } from '../app/container/engine.js'
import type { HeldApp } from '../app/held.js'
import { holdPod } from '../app/pod/held-pod.js'
import { keepLog } from '../app/keep-log.js'
import { holdProcess } from '../app/process.js'
import { toReportedError } from '../model/errors.js'
import { maskError, maskOf } from '../model/mask.js'
import { defaultName, inContainer, inPod, type AppSpec } from '../app/spec.js'
import type { CracVersion } from '../checkpoint/engine.js'
import type { Host } from '../host/host.js'
import { addSpan, timed } from '../host/diagnosis/profile.js'
import { localHost } from '../host/local-host.js'
import { assertProbes } from '../host/probe-folders.js'
import { prepareLedger, type PreparedLedger, type TraceMode } from '../ledger/ledger.js'
import { findCriu, type Criu } from '../checkpoint/criu/criu.js'
import { criuFor, NOT_ASKED, remakingRefusal } from './restore/criu-for.js'
import { AppCheckpoint } from './app-checkpoint.js'
import { deathOf } from './scope/app-death.js'
import { BootedApp } from './booted-app.js'
import { Run, runAll } from './scope/cancellation.js'
import { planContainerLaunch, type ContainerLaunch } from './launch/launch-container.js'
import { openMachine, type Machine } from './open-machine.js'
import { planPodLaunch } from './launch/launch-pod.js'
import { planLaunch, type EngineName, type Launch, type LaunchRequest } from './launch/launch.js'
import { StartTimes } from './requests/start-times.js'
import { openKept } from './restore/keep-image.js'
import { planRestore } from './restore/plan-restore.js'
import { Restoring } from './restore/restoring.js'
import { imageFolderOf, openScratch } from './scope/scratch.js'
import { Timeline } from './scope/timeline.js'
import { readyInTime } from './wait-ready.js'

export interface BootOptions {
  engine?: EngineName | 'auto'
  /** Whose rules a rehearsal follows; `25` by default. */
  cracVersion?: CracVersion
  trace?: TraceMode
  /** Also take native stacks of what the JVM opens before its agents are up. */
  bootStacks?: boolean
  /** Where nothing speaks against the checkpoint: make the image, end the app, bring it back, and ask it again. */
  restore?: boolean
  /** How long that restore may take at most, in milliseconds, until afterRestore has run. */
  restoreBudgetMs?: number
  /** Restore it once only: nothing is reported then of what is the same in two restores, as random numbers. */
  restoreOnce?: boolean
  /** A folder that gets the image, with what brings it back. */
  keepImage?: string
  /** Called when a phase begins. */
  onPhase?: (phase: Phase) => void
  /** Gets what an app has printed that never became ready. */
  onLostOutput?: (output: string) => void
  /** A file that gets all that the app has printed when it ends, whatever it ends of. */
  keepLog?: string
  /** Gets in one line what `trace: 'auto'` has chosen, and why. */
  onTracer?: (choice: string) => void
  /** Gives up: the app is stopped and everything cleaned up. */
  signal?: AbortSignal
  /** Ends the wait: the app counts as ready then, whatever `ready` says. */
  readyAt?: AbortSignal
  /** Called with the held app, to watch for its end; its ledger can then be read when its JVM is held at its end. */
  atExit?: (pid: number, host: Host) => Promise<void>
}

export type Phase = 'boot' | 'warm-up' | 'checkpoint' | 'join'

/** Starts the app behind the gate, attaches the ledger, releases it and waits until it is ready. */
export async function bootApp(
  spec: AppSpec,
  options: BootOptions = {},
  timeline = new Timeline(),
  onHeld?: (launch: Launch, pid: number) => void,
): Promise<BootedApp> {
  assertProbes()
  timeline.enter('boot')
  const scratch = await timed('scratch folder', openScratch())
  const folder = scratch.path
  const run = new Run(folder, beforeRelease(options))
  run.atEnd(() => scratch.remove())
  let output: { readonly text: string } | undefined
  try {
    // The log of an earlier run is none of this one.
    if (options.keepLog !== undefined) await writeFile(options.keepLog, '')
    const imageFolder = imageFolderOf(folder)
    await mkdir(imageFolder)
    const place = await run.step(timed('machine', openMachine(spec, folder, options.trace)), (place) =>
      place.close(),
    )
    const { host } = place
    const prepared = await run.step(
      timed('observers chosen, tracer loaded', chooseLedger(options, place)),
      (prepared) => prepared.stop(),
    )
    const { restore = false } = options
    const kept = options.keepImage === undefined ? null : await openKept(options.keepImage)
    if (kept !== null) run.atEnd(() => kept.close())
    const criu = restore ? await findCriu() : NOT_ASKED
    const log = kept?.log ?? null
    const request = { ...engineOf(options), ledger: prepared, folder, imageFolder, restore, criu, log }
    const { launch, held } = await run.step(
      timed('launch planned, app held', hold(spec, place, request)),
      ({ launch, held, log }) =>
        runAll([() => held.stop(), () => keepLog(log, options.keepLog, spec), () => removeLog(launch, host)]),
    )
    onHeld?.(launch, held.pid)
    const ledger = await run.step(
      timed('observers attached', launch.observers.launched(held.pid)),
      (ledger) => ledger.stop(),
    )
    await options.atExit?.(held.pid, host)
    timeline.enter('ready')
    const start = new StartTimes()
    const released = performance.now()
    const app = held.release()
    output = app.output
    const own = AppCheckpoint.await(folder, launch, app, ledger)
    // The next request for a checkpoint gets its outcome.
    run.atEnd(() => own.stop().catch(() => undefined))
    run.released(
      deathOf(app, own, {
        log: options.keepLog,
        command: inContainer(spec) || inPod(spec) ? undefined : spec.command,
      }),
      options.signal,
    )
    await run.step(ledger.released())
    const takenAsReady = await readyInTime(spec, app, own, {
      run,
      readyAt: options.readyAt,
      log: options.keepLog,
    })
    timeline.leave()
    const named = { ...spec, name: spec.name ?? defaultName(spec) }
    start.ready()
    addSpan('app starts', released)
    const restoring = restore
      ? planRestore(launch, app, criu, {
          folder: imageFolder,
          budgetMs: options.restoreBudgetMs ?? null,
          twice: options.restoreOnce !== true,
          kept,
          timeline,
        })
      : null
    if (restoring instanceof Restoring)
      run.atEnd(() => {
        restoring.giveUp()
        return Promise.resolve()
      })
    return new BootedApp(named, launch, app, ledger, own, run, start, takenAsReady, restoring, timeline)
  } catch (caught) {
    if (output !== undefined) options.onLostOutput?.(output.text)
    const error = toReportedError(await run.explained(inContainer(spec) ? fromEngine(caught) : caught))
    await run.end().catch(() => undefined)
    throw maskError(error, maskOf(spec.mask))
  }
}

/** The files of a machine elsewhere can't be followed from here: the Docker engine has the app's output. */
const withEngineOutput = (launch: ContainerLaunch): ContainerLaunch => ({
  ...launch,
  output: null,
  image: { ...launch.image, log: null },
})

/** Without an image nobody needs it. */
async function removeLog({ image }: Launch, host: Host): Promise<void> {
  if (image.log !== null && !image.stays) await host.unlink(image.log)
}

/** Before the app runs there is nothing that could count as ready, so what ends the wait gives up. */
const beforeRelease = ({ signal, readyAt }: BootOptions): AbortSignal =>
  AbortSignal.any([signal, readyAt].filter((each) => each !== undefined))

const engineOf = ({ engine = 'auto', cracVersion = '25' }: BootOptions) => ({ engine, cracVersion })

async function chooseLedger(
  { trace = 'auto', bootStacks = false, onTracer, atExit }: BootOptions,
  { host, told, situation }: Machine,
): Promise<PreparedLedger> {
  const options = { situation, bootStacks, host, told, atExit: atExit !== undefined }
  const prepared = await prepareLedger(trace, options)
  if (prepared.chosen !== null) onTracer?.(prepared.chosen)
  return prepared
}

/** The app at its first instruction, as a process or in a container. */
async function hold(
  spec: AppSpec,
  { host, held: pod }: Machine,
  request: Omit<LaunchRequest, 'spec'> & { criu: Criu | string; log: string | null },
): Promise<{ launch: Launch; held: HeldApp; log: string }> {
  const logFile = join(request.folder, 'app.log')
  const { maxOutputBytes } = spec
  if (inPod(spec)) {
    if (pod === undefined) throw new Error('a pod was to be opened first')
    const launch = await planPodLaunch({ ...request, spec, pod })
    const held = await holdPod(pod, { ...launch, ...request, logFile, maxOutputBytes, ports: spec.ports })
    return { launch, log: logFile, held }
  }
  if (inContainer(spec)) {
    const here = host.machine === localHost.machine
    const refusal = remakingRefusal(spec, here)
    const planned = await planContainerLaunch({
      ...request,
      spec,
      restore: request.restore && refusal === null,
    })
    const criu = !request.restore ? NOT_ASKED : (refusal ?? (await criuFor(planned.engine, request)))
    const launch = here ? planned : withEngineOutput(planned)
    const log = launch.image.log ?? logFile
    return {
      launch,
      log,
      held: await holdContainer({
        ...launch,
        ...request,
        criu,
        host,
        logFile: log,
        maxOutputBytes,
      }),
    }
  }
  const launch = await planLaunch({ ...request, spec })
  launch.image.log ??= request.log
  const log = launch.image.log ?? logFile
  const relaunchLog = join(request.folder, 'restored.log')
  return { launch, log, held: await holdProcess({ ...launch, logFile: log, maxOutputBytes, relaunchLog }) }
}
