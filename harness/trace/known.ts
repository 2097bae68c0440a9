import { localHost } from '../host/local-host.js'
import { libcRefusal } from '../host/probe-folders.js'
import { readMaps } from '../host/procfs/maps.js'
import { catches, readStatus } from '../host/procfs/status.js'
import { systemProperties } from '../jvm/properties.js'
import type { Known, Refusal } from '../ledger/observers/select.js'
import { AttachError } from '../model/errors.js'
import type { ForeignJvm } from './foreign.js'

/**
 * What observers need of a JVM that runs already. Whether it takes requests is known when it has been asked: for what says
 * where its classes are. Nothing is asked of it before somebody needs to know; null: it was not, or did not answer.
 */
export function knownOf({ pid, libc }: Pick<ForeignJvm, 'pid' | 'libc'>): {
  known: Known
  asked: () => Map<string, string> | null
} {
  let properties: Map<string, string> | null = null
  const agents = async (): Promise<Refusal | null> => {
    try {
      properties = await systemProperties(pid)
      return null
    } catch (error) {
      if (error instanceof AttachError) return toRefusal(error)
      throw error
    }
  }
  const missing = libcRefusal(libc)
  const late = missing === null ? {} : { late: { message: missing, short: missing } }
  return { known: { agents, sigprof: () => otherProfiler(pid), ...late }, asked: () => properties }
}

/** Two profilers would take each other's signals: the other one was there first. */
async function otherProfiler(pid: number): Promise<Refusal | null> {
  const status = await readStatus(pid, localHost)
  if (status === null || !catches(status, 'SIGPROF')) return null
  const maps = await readMaps(pid, localHost)
  if (maps.some(({ path }) => path.endsWith('/libasyncProfiler.so'))) return null
  return toRefusal(
    new AttachError(
      'ATTACH_REFUSED',
      `Process ${pid} handles SIGPROF itself, so another profiler is at work in it, and two would disturb each other. Stop that one, and try again.`,
    ),
  )
}

/** Its first sentence says what is in the way, the others what to do. */
const toRefusal = (error: AttachError): Refusal => ({
  message: error.message,
  short: error.message.split(/\.(?: |$)/, 1)[0] ?? '',
  error,
})
