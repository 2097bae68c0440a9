import { defineConfig } from 'vitest/config'
import { cracPreflight } from './harness/vitest/plugin.js'

/**
 * They need the machine for themselves, or share what there is one of: the engine and its images, the kernel's tracing,
 * what is left in /tmp and /proc after a kill.
 */
const alone = [
  'test/app/container/**/*.test.ts',
  'test/docs/{image,junit5}.test.ts',
  'test/services/containers.test.ts',
  'test/scripts/**/*.test.ts',
  'test/ledger/{ledger,observers/kernel/**/*}.test.ts',
  'test/probes/{exithold,fdtrace,gate,guard,peers,sanitizers,sidecar}.test.ts',
  'test/killed/**/*.test.ts',
]

/** The packed package under many Nodes and package managers: `npm run test:matrix`. */
const matrix = ['test/{node-versions,package-managers}.test.ts']

/** Checks of pods need a cluster, which `npm run test:kubernetes` starts. */
const ofCluster = 'test/kubernetes/**/*.test.ts'
if (process.env.CRAC_PREFLIGHT_CLUSTER !== undefined) alone.push(ofCluster)

export default defineConfig({
  plugins: [cracPreflight({ junit: 'build/preflight.xml', html: 'build/preflight.html' })],
  test: {
    globalSetup: 'test/support/global-setup.ts',
    // A CI's log takes colours, and texts that are compared have none.
    env: { NO_COLOR: '1' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxConcurrency: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['test/**/*.test.ts', 'scenarios/**/*.scenario.ts'],
          exclude: [...alone, ...matrix, ofCluster],
          maxWorkers: 3,
          // Neighbours that have both processors for a second are no fault of a test's; what needs it is told at the end.
          retry: 1,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'matrix',
          include: matrix,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
