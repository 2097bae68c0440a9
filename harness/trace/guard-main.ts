/** The guard's own program: see `guard.ts`. Its standard input ends with the harness. */
import { rm } from 'node:fs/promises'
import { loadAgent } from '../jvm/attach.js'
import { isStill } from './foreign.js'
import type { Undo } from './guard.js'

const undo = JSON.parse(process.argv[2] ?? '') as Undo
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
let told = ''
for await (const text of process.stdin) told += String(text)
if (told !== 'done\n') {
  const { pid, start, library, options, folder } = undo
  if (await isStill({ pid, start }))
    await loadAgent(pid, library, options, { timeoutMs: 10_000 }).catch(() => undefined)
  await rm(folder, { recursive: true, force: true })
}
