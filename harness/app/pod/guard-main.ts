/** The program of a pod's guard: see `pod-place.ts`. Its standard input ends with the harness. */
import { setTimeout as sleep } from 'node:timers/promises'
import { hasEnded } from '../../host/harness-process.js'
import { openCluster } from './client.js'
import { remove } from './pod-place.js'

const [, , pid = '', start = '', context = '', namespace = '', name = ''] = process.argv
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
let told = ''
for await (const text of process.stdin) told += String(text)
if (!told.endsWith('done\n')) {
  // Its files are closed a moment before a process has ended.
  for (let i = 0; i < 100 && !hasEnded(pid, start); i++) await sleep(50)
  const cluster = await openCluster({ context, namespace })
  // The cluster may still be at work on the last thing that it was asked for.
  for (const pause of [0, 1000, 3000]) {
    await sleep(pause)
    await remove(cluster, name)
  }
}
