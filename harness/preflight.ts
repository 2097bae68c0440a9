/**
 * The product, top to bottom: boot the app under observation, warm it up, ask for a checkpoint, and join what was
 * refused with who made it. `run/boot.ts` is the first half of it.
 */
import { harmless } from '../reports/parts/escape.js'
import { lastWords } from './app/last-words.js'
import { defaultName, type AppSpec } from './app/spec.js'
import { debug, debugError } from './host/diagnosis/debug.js'
import { timed } from './host/diagnosis/profile.js'
import { AppError, atPlace, callSite, toReportedError, PreflightError, UsageError } from './model/errors.js'
import type { Report } from './model/report.js'
import { askAgain } from './run/ask-again.js'
import { bootApp, type BootOptions, type Phase } from './run/boot.js'
import type { BootedApp } from './run/booted-app.js'
import { runAll } from './run/scope/cancellation.js'
import { reasonOf } from './run/requests/ask-patiently.js'
import { toAction, type WarmUp } from './run/requests/warm-up.js'
import type { RunningApp } from './run/running-app.js'
import { Timeline } from './run/scope/timeline.js'
import { failedReport, toReport, type Held } from './run/to-report.js'

export type { BootOptions, Phase } from './run/boot.js'

const say = debug('phase')

export interface PreflightOptions extends BootOptions {
  /** What to do with the app between ready and checkpoint: a function, or requests. */
  warmUp?: WarmUp
  /** How long the checkpoint may take, in milliseconds; 60,000 by default. */
  checkpointTimeoutMs?: number
  /** Called with the app before it is stopped, e.g. to keep its log. */
  beforeStop?: (app: RunningApp) => Promise<void>
}

/** Starts an app, observed from its first instruction, and waits until it is ready. */
export const boot = (spec: AppSpec, options?: BootOptions): Promise<RunningApp> =>
  atPlace(callSite(), bootApp(spec, options))

/** The whole flow, once. Only a usage error is thrown; whatever else goes wrong is a report with verdict `failed`. */
export async function preflight(spec: AppSpec, options: PreflightOptions = {}): Promise<Report> {
  const timeline = new Timeline()
  const enter = (phase: Phase): void => {
    say(() => `${phase} of ${spec.name ?? defaultName(spec)}`)
    options.onPhase?.(phase)
  }
  let app: BootedApp | undefined
  let known: Held | undefined
  let warmUpMs: number | null = null
  try {
    enter('boot')
    app = await timed(
      'boot',
      bootApp(spec, options, timeline, (launch, pid) => {
        known = { launch, pid, log: options.keepLog }
      }),
    )
    const action = options.warmUp && toAction(options.warmUp)
    if (action) {
      enter('warm-up')
      timeline.enter('warm-up')
      warmUpMs = await timed('warm-up', app.alive(warmUp(app, action, options.keepLog), 'during the warm-up'))
    }
    enter('checkpoint')
    timeline.enter('checkpoint')
    const checkpointed = await timed(
      'checkpoint',
      app.step(
        app
          .askForCheckpoint(options.checkpointTimeoutMs)
          .then((checkpointed) => askAgain(checkpointed, action))
          .then((asked) => asked.lookBack?.(asked, action) ?? asked),
      ),
    )
    enter('join')
    timeline.enter('join')
    return await timed(
      'join',
      toReport(checkpointed, () => ({ warmUpMs, ...timeline.told() })),
    )
  } catch (caught) {
    const error = toReportedError(app ? await app.explained(caught) : caught)
    if (error instanceof UsageError || !(error instanceof PreflightError)) throw error
    debugError(error)
    return failedReport(
      { spec, app, held: known && { ...known, launch: app?.launch ?? known.launch } },
      error,
      { warmUpMs, ...timeline.told() },
    )
  } finally {
    if (app) await timed('app ended', end(app, options.beforeStop))
  }
}

/** A failure to stop is reported by itself, and takes no outcome away. */
async function end(app: BootedApp, beforeStop: PreflightOptions['beforeStop']): Promise<void> {
  await runAll([() => Promise.resolve(beforeStop?.(app)), () => app.stop()]).catch((error: unknown) => {
    process.emitWarning(
      harmless(`What was started for the check could not be ended: ${String(error)}`),
      'PreflightWarning',
    )
  })
}

async function warmUp(
  app: BootedApp,
  action: (app: RunningApp) => Promise<void>,
  log: string | undefined,
): Promise<number> {
  const begin = performance.now()
  try {
    await action(app)
  } catch (error) {
    throw new AppError(
      'WARM_UP_FAILED',
      `The warm-up failed: ${reasonOf(error)}.`,
      lastWords(app.output, log),
      { cause: error },
    )
  }
  return performance.now() - begin
}
