/** What tests import: `crac-preflight/vitest`. */
// For its types: what it adds to vitest's `expect` must reach the user's compiler, too.
import './matchers.js'
export { boot, scenario, test, type Boot, type ScenarioSpec } from './scenario.js'
export { scenarios } from './scenarios.js'
export type { WarmUp, WarmUpRequest } from '../run/requests/warm-up.js'
export type { Expectation } from '../baseline/expectation.js'
