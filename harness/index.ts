/** Every public export of crac-preflight, by hand. */
// For its types: what it adds to vitest's `expect` must reach the user's compiler, too.
import './vitest/matchers.js'
export { scenario, test, type Boot, type ScenarioSpec } from './vitest/scenario.js'
export { cracPreflight, type PluginOptions } from './vitest/plugin.js'
export { boot, preflight, type BootOptions, type Phase, type PreflightOptions } from './preflight.js'
export type { CheckpointedApp, RunningApp } from './run/running-app.js'
export type { AppSettings, AppSpec, ContainerApp, ContainerOptions, LocalApp } from './app/spec.js'
export type { Ready } from './app/ready.js'
export type { CracVersion } from './checkpoint/engine.js'
export type { Expectation } from './vitest/expectation.js'
export { reportSchema, SCHEMA_ID } from './model/report.js'
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
