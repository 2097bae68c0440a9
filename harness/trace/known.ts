import { localHost } from '../host/local-host.js'
import { readMaps } from '../host/procfs/maps.js'
import { catches, readStatus } from '../host/procfs/status.js'
import { systemProperties } from '../jvm/properties.js'
import type { Known, Refusal } from '../ledger/observers/select.js'
import { AttachError } from '../model/errors.js'

/**
 * What observers need of a JVM that runs already. Whether it takes requests is known when it has been asked: for what says
 * where its classes are. Nothing is asked of it before somebody needs to know; null: it was not, or did not answer.
 */
export function knownOf(pid: number): { known: Known; asked: () => Map<string, string> | null } {
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
  const known = { agents, sigprof: lazily(otherProfiler, pid), late: lazily(otherLibc, pid) }
  return { known, asked: () => properties }
}

/** Two profilers would take each other's signals: the other one was there first. */
async function otherProfiler(pid: number): Promise<AttachError | null> {
  const status = await readStatus(pid, localHost)
  if (status === null || !catches(status, 'SIGPROF')) return null
  const maps = await readMaps(pid, localHost)
  if (maps.some(({ path }) => path.endsWith('/libasyncProfiler.so'))) return null
  return new AttachError(
    'ATTACH_REFUSED',
    `Process ${pid} handles SIGPROF itself, so another profiler is at work in it, and two would disturb each other. Stop that one, and try again.`,
  )
}

/** The libraries that are put into JVMs which run already are made for glibc. */
async function otherLibc(pid: number): Promise<AttachError | null> {
  const maps = await readMaps(pid, localHost)
  if (!maps.some(({ path }) => /\/(?:ld-musl-|libc\.musl-)/.test(path))) return null
  return new AttachError(
    'ATTACH_REFUSED',
    `Process ${pid} is a JVM for musl. What is put into a JVM that runs already is made for glibc. Start the app with crac-preflight trace instead.`,
  )
}

const lazily = (look: (pid: number) => Promise<AttachError | null>, pid: number) => async () => {
  const error = await look(pid)
  return error === null ? null : toRefusal(error)
}

/** Its first sentence says what is in the way, the others what to do. */
const toRefusal = (error: AttachError): Refusal => ({
  message: error.message,
  short: error.message.split(/\.(?: |$)/, 1)[0] ?? '',
  error,
})
