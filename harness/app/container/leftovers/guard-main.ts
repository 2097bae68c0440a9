/** The guard's own program: see `guard.ts`. Its standard input ends with the harness. */
import { setTimeout as sleep } from 'node:timers/promises'
import { hasEnded } from '../../../host/harness-process.js'
import { connectEngine } from '../engine.js'
import { removeLeftovers } from './leftovers.js'

const [, , pid = '', start = ''] = process.argv
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
let told = ''
for await (const text of process.stdin) told += String(text)
if (!told.endsWith('done\n')) {
  // Its files are closed a moment before a process has ended.
  for (let i = 0; i < 100 && !hasEnded(pid, start); i++) await sleep(50)
  // The engine may still be at work on the last thing that it was asked for.
  for (const pause of [0, 1000, 3000]) {
    await sleep(pause)
    await removeLeftovers((await connectEngine()).container.dockerode)
  }
}
