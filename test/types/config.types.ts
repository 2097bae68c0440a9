import { cracPreflight, type PluginOptions } from 'crac-preflight/config'
import { defineConfig } from 'vitest/config'

const options: PluginOptions = { junit: 'preflight.xml', html: 'preflight.html', json: 'json' }
export default defineConfig({ plugins: [cracPreflight(options)] })

// @ts-expect-error There is no such output.
cracPreflight({ pdf: 'preflight.pdf' })
