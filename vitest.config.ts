import { defineConfig } from 'vitest/config'
import { cracPreflight } from './harness/vitest/plugin.js'

/** They share nothing: neither what is counted on the whole machine nor an engine, and they are patient. */
const sideBySide = [
  'test/{blockers,checkpoint,explain,host,jvm,model,reports}/**/*.test.ts',
  'test/ledger/{table,symbols}/**/*.test.ts',
  'test/ledger/observers/{preload,profiler}/**/*.test.ts',
  'test/{cases,index,machine,schemas}.test.ts',
]

export default defineConfig({
  plugins: [cracPreflight({ junit: 'build/preflight.xml', html: 'build/preflight.html' })],
  test: {
    globalSetup: 'test/support/global-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxConcurrency: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: sideBySide,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/**/*.test.ts', 'scenarios/**/*.scenario.ts'],
          exclude: sideBySide,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
