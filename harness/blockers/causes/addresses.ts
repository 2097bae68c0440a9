import type { Ends, Endpoint } from '../../model/endpoint.js'
import type { Entry } from '../../model/target.js'

/** The ends of a socket of the ledger, as far as it has ports. */
export function endpointsOf({ target }: Entry): Ends {
  if (target.is !== 'tcp' && target.is !== 'udp') return { local: null, remote: null }
  return { local: known(target.local), remote: target.remote && known(target.remote) }
}

const known = (end: Endpoint): Endpoint | null => (end.port === 0 ? null : end)

/** True for a server socket: the kernel says so, or somebody called listen on it. */
export function isListening({ kind, listened, target }: Entry): boolean {
  return kind === 'socket' && (listened !== null || ('listening' in target && target.listening))
}
