/** The guard's own program: see `guard.ts`. Its standard input ends with the harness. */
import { loadAgent } from '../jvm/attach.js'
import { removeTrigger } from '../jvm/attach-listener.js'
import { isStill } from './foreign.js'
import { LOADING, type Undo, type UndoAgent } from './guard.js'

const { pid, start } = JSON.parse(process.argv[2] ?? '') as Undo
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
let told = ''
for await (const text of process.stdin) told += String(text)
if (!told.endsWith('done\n') && (await isStill({ pid, start }))) {
  const loading = told.split('\n').find((line) => line.startsWith(LOADING))
  const agents = loading === undefined ? [] : (JSON.parse(loading.slice(LOADING.length)) as UndoAgent[])
  for (const { library, options } of agents)
    await loadAgent(pid, library, options, { timeoutMs: 10_000 }).catch(() => undefined)
  await removeTrigger(pid)
}
