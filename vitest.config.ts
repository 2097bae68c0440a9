import { defineConfig } from 'vitest/config'
import { cracPreflight } from './harness/vitest/plugin.js'

export default defineConfig({
  plugins: [cracPreflight({ junit: 'build/preflight.xml', html: 'build/preflight.html' })],
  test: {
    include: ['test/**/*.test.ts', 'scenarios/**/*.scenario.ts'],
    globalSetup: 'test/support/global-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more JVMs that boot side by side only slow each other down.
    fileParallelism: false,
    maxConcurrency: 2,
  },
})
