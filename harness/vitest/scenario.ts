import { format } from 'node:util'
import { inject, test as base, type TestContext } from 'vitest'
import type { AppSettings, AppSpec, ContainerApp, LocalApp, PodApp } from '../app/spec.js'
import { describeReady } from '../app/ready.js'
import { announce, bootedIn, record } from './check-records.js'
import { comparisonOf, type Expectation } from '../baseline/expectation.js'
import { withKnown } from './accepted.js'
import { jarsOf } from './jars.js'
import { errorsOf, whatIsWrong } from './judgement.js'
import { addMatchers } from './matchers.js'
import { waitsOf } from './test-waits.js'
import { boot as bootAnywhere, preflight, type BootOptions, type PreflightOptions } from '../preflight.js'
import { atPlace, callSite } from '../model/errors.js'
import { maskOf } from '../model/mask.js'
import type { Phase } from '../run/boot.js'
import type { RunningApp } from '../run/running-app.js'
import { runAll } from '../run/scope/cancellation.js'

addMatchers()

/** What a scenario says beside its app. */
type Elsewhere = 'name' | 'ready' | 'timeoutMs'

/** An app with what is expected of it; expected to be checkpointable where nothing is said. */
export interface ScenarioSpec
  extends Omit<AppSettings, 'name'>, Omit<PreflightOptions, 'onPhase' | 'beforeStop' | 'signal'> {
  app: Omit<LocalApp, Elsewhere> | Omit<ContainerApp, Elsewhere> | Omit<PodApp, Elsewhere>
  expect?: Expectation
  /** Blockers that fail nobody, whether or not they are there; see `Expectation` for the words. */
  accept?: readonly string[]
}

/** Boots an app within a test; it is stopped when the test ends, however it ends. */
export type Boot = (spec: AppSpec & BootOptions) => Promise<RunningApp>

/** vitest's `test` with the fixture `boot`. */
export const test = inTestRun(() =>
  base.extend<{ boot: Boot }>({
    boot: async ({ task }, use) => {
      const apps: RunningApp[] = []
      await use(async (spec) => {
        const app = await atPlace(callSite(), bootIn(task.context, spec))
        apps.push(app)
        return app
      })
      await runAll(apps.map((app) => () => app.stop()))
    },
  }),
)

/** Boots an app for several tests, in `beforeAll`. The caller stops it. */
export const boot: Boot = (spec) => atPlace(callSite(), bootAnywhere(withPlugin(spec), spec))

async function bootIn(context: TestContext, spec: AppSpec & BootOptions): Promise<RunningApp> {
  const { task, signal } = context
  announce(context, jarsOf(spec))
  const name = spec.name ?? task.name
  const settings = withPlugin(spec)
  let lost = ''
  const work = bootAnywhere(
    { ...settings, name },
    {
      ...spec,
      signal,
      onLostOutput: (output) => {
        lost = output
        spec.onLostOutput?.(output)
      },
    },
  )
  const app = await waitsOf(context).during(
    { what: () => waitingFor('boot', name, spec), output: () => maskOf(settings.mask)(lost) },
    work,
  )
  waitsOf(context).running(app)
  bootedIn(app, context)
  return app
}

/** What a test waits for in a phase, as the end of a sentence. */
function waitingFor(phase: Phase, name: string, { ready }: Pick<AppSpec, 'ready'>): string {
  if (phase === 'boot') return `it waited for ${name} to be ready, which needs ${describeReady(ready)}.`
  if (phase === 'warm-up') return `it warmed ${name} up.`
  return `it waited for the checkpoint of ${name}.`
}

/** With what the plugin says for all apps. */
function withPlugin<T extends AppSettings>(spec: T): T {
  // Without the plugin nothing has been provided, whatever the type says.
  const maxOutputBytes = inject('cracPreflightMaxOutputBytes') as number | undefined
  const mask = inject('cracPreflightMask') as readonly string[] | undefined
  return {
    ...(maxOutputBytes !== undefined && { maxOutputBytes }),
    ...spec,
    mask: [...(mask ?? []), ...(spec.mask ?? [])],
  }
}

/** A vitest.config.ts imports this package for its plugin, and there vitest has no test to extend. */
function inTestRun<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof Error && error.message.includes('failed to find the current suite')) return base as T
    throw error
  }
}

type AddTest = (
  name: string,
  options: { timeout: number },
  run: (context: TestContext) => Promise<void>,
) => void
type AddScenario = (name: string, spec: ScenarioSpec) => void

const adding =
  (add: AddTest): AddScenario =>
  (name, spec) => {
    addScenario(add, name, spec, callSite())
  }

/** One test: boots the app, warms it up, asks for a checkpoint, and compares with what is expected. */
export const scenario: AddScenario & {
  skip: AddScenario
  only: AddScenario
  /** One scenario for each value; `%s` in the name stands for it. */
  each: <T>(values: readonly T[]) => (name: string, spec: (value: T) => ScenarioSpec) => void
} = Object.assign(adding(base), {
  skip: adding(base.skip),
  only: adding(base.only),
  each:
    <T>(values: readonly T[]) =>
    (name: string, spec: (value: T) => ScenarioSpec) => {
      const place = callSite()
      for (const value of values) addScenario(base, format(name, value), spec(value), place)
    },
})

/** Adds one test with vitest's own `add`, which is `test` or one of its kinds. */
function addScenario(add: AddTest, name: string, spec: ScenarioSpec, place: string[]): void {
  const {
    app,
    expect: expectation = 'checkpointable',
    accept,
    warmUp,
    checkpointTimeoutMs = 60_000,
    ...options
  } = spec
  const timeout = (spec.timeoutMs ?? 60_000) + checkpointTimeoutMs + 60_000
  add(name, { timeout }, async (context) => {
    let appOutput = ''
    let phase: Phase = 'boot'
    announce(context, jarsOf(app))
    const settings = withPlugin({ ...app, ...options, name })
    const work = preflight(settings, {
      ...options,
      checkpointTimeoutMs,
      signal: context.signal,
      onPhase: (entered) => (phase = entered),
      onLostOutput: (output) => (appOutput = output),
      ...(warmUp && { warmUp }),
      beforeStop: (running) => {
        appOutput = running.output
        return Promise.resolve()
      },
    })
    const mask = maskOf(settings.mask)
    const found = await waitsOf(context).during(
      { what: () => waitingFor(phase, name, settings), output: () => mask(appOutput) },
      work,
    )
    const report = withKnown(found, expectation, accept)
    const comparison = comparisonOf(report)
    await record(context, report, expectation === 'checkpointable' ? null : comparison, mask(appOutput))
    const errors = errorsOf(report, comparison, place)
    if (errors.length > 0) throw new AggregateError(errors, `${name}: ${whatIsWrong(report, comparison)}`)
  })
}
