import type { Host } from '../host/host.js'
import { readMaps } from '../host/procfs/maps.js'
import { jcmd } from './attach.js'
import { jvmArguments } from './jvm-arguments.js'

const LIBRARY = '/libjdwp.so'

/**
 * The option that makes a JVM wait for a debugger before it begins; null where it waits for none, or has begun. Its main
 * thread then has no Java frame: the JVM holds it when it has made it.
 */
export async function awaitedDebugger(pid: number, host: Host): Promise<string | null> {
  if (!(await readMaps(pid, host)).some(({ path }) => path.endsWith(LIBRARY))) return null
  const option = ((await jvmArguments(pid, { host })) ?? '').split(' ').find(isAgent)
  // Without the word it suspends.
  if (option === undefined || option.split(/[=:,]/).join(' ').includes('suspend n')) return null
  const { output } = await jcmd(pid, 'Thread.print', { host, timeoutMs: 5000 }).catch(() => ({ output: '' }))
  const main = output.split('\n"').find((thread) => thread.startsWith('main" '))
  const hasBegun = main === undefined || main.split('\n').some((line) => line.trimStart().startsWith('at '))
  return hasBegun ? null : (option.split('=', 1)[0] ?? option)
}

const isAgent = (word: string): boolean =>
  word.startsWith('-agentlib:jdwp') ||
  word.startsWith('-Xrunjdwp') ||
  (word.startsWith('-agentpath:') && word.includes(LIBRARY))
