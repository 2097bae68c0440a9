/** What a vitest.config.ts imports: `crac-preflight/config`. Nothing of it needs a test to run. */
export { cracPreflight, type PluginOptions } from './plugin.js'
export { bootShared, type SharedAppSpec } from './boot-shared.js'
