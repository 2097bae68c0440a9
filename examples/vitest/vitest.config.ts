import { cracPreflight } from 'crac-preflight/config'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [cracPreflight({ junit: 'preflight.xml', html: 'preflight.html' })],
  test: { testTimeout: 60_000 },
})
