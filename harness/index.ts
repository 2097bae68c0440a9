/**
 * Every public export of crac-preflight for scripts, by hand. Tests import `crac-preflight/vitest`, a vitest.config.ts
 * imports `crac-preflight/config`; what these have is here as well, as it was before they were there.
 */
import { UsageError } from './model/errors.js'

export { boot, preflight, type BootOptions, type Phase, type PreflightOptions } from './preflight.js'
export { explain, type Explanation, type ExplainInput } from './explain/explain.js'
export { trace, type TraceSettings } from './trace/trace.js'
export { answerOf, type Answer } from './model/answer.js'
export type { RunningApp } from './run/running-app.js'
export type { WarmUp, WarmUpRequest } from './run/requests/warm-up.js'
export type { CheckpointedApp } from './run/checkpointed-app.js'
export type { AppSettings, AppSpec, ContainerApp, ContainerOptions, LocalApp, PodApp } from './app/spec.js'
export type { Ready } from './app/ready.js'
export type { CracVersion } from './checkpoint/engine.js'
export type { LedgerReading } from './ledger/assemble.js'
export { toAnnotations } from '../reports/annotations.js'
export { toCodeQuality } from '../reports/code-quality.js'
export { toHtml } from '../reports/html/html.js'
export { toJson } from '../reports/json.js'
export { toJunit } from '../reports/junit/junit.js'
export { toSarif } from '../reports/sarif.js'
export { renderTerminal as toTerminal } from '../reports/terminal/terminal.js'
export { reportSchema, SCHEMA_ID } from './model/report.js'
export { ledgerSchema, LEDGER_SCHEMA_ID, type LedgerReport } from './model/ledger.js'
export type {
  Blocker,
  Descriptor,
  Evidence,
  Finding,
  Frame,
  LedgerEntry,
  Origin,
  Owner,
  Remedy,
  Report,
  Verdict,
} from './model/report.js'
export {
  AppError,
  AttachError,
  CheckpointBlockedError,
  EngineError,
  ExpectationError,
  HostError,
  NoVerdictError,
  PreflightError,
  TracerError,
  UsageError,
} from './model/errors.js'

import type * as ForTests from './vitest/index.js'

/** A script needs no vitest. */
const forTests = await import('./vitest/index.js').catch((error: unknown) => {
  if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return null
  throw error
})
const noVitest = (): never => {
  throw new UsageError(
    'scenario() and test() need vitest, which is not installed. Install it: npm i -D vitest',
  )
}
/** @deprecated Import it from `crac-preflight/vitest`. */
export const scenario: typeof ForTests.scenario =
  forTests?.scenario ?? (noVitest as unknown as typeof ForTests.scenario)
/** @deprecated Import it from `crac-preflight/vitest`. */
export const test: typeof ForTests.test = forTests?.test ?? (noVitest as unknown as typeof ForTests.test)
/** @deprecated Import it from `crac-preflight/vitest`. */
export type { Boot, Expectation, ScenarioSpec } from './vitest/index.js'
/** @deprecated Import it from `crac-preflight/config`. */
export { cracPreflight, type PluginOptions } from './vitest/plugin.js'
