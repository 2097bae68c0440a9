#!/usr/bin/env node
/**
 * `npm run test:kubernetes`: checks of pods in a real cluster of one node, which is built from Go modules and Debian's
 * packages, needs root on Debian, and ends with the tests. Arguments go to vitest.
 */
import { join } from 'node:path'
import { bringImages } from './kubernetes/images.mjs'
import { NODE, startCluster } from './kubernetes/cluster.mjs'
import { makePrograms } from './kubernetes/programs.mjs'
import { runVisibly, setUp } from './run-visibly.mjs'

await setUp('build', [])
await makePrograms()
const cluster = await startCluster()
try {
  const images = await bringImages(cluster, ['user', 'root'])
  const vitest = join('node_modules', 'vitest', 'vitest.mjs')
  const tests = join('test', 'kubernetes')
  process.exitCode = await runVisibly(process.execPath, [vitest, 'run', tests, ...process.argv.slice(2)], {
    CRAC_PREFLIGHT_CLUSTER: JSON.stringify({
      admin: cluster.kubeconfig('admin'),
      developer: cluster.kubeconfig('developer'),
      node: NODE,
      images,
    }),
  })
} finally {
  await cluster.stop()
}
