import type { Host } from './host.js'
import { localHost } from './local-host.js'
import { catches, readStatus } from './procfs/status.js'

/** Whether the gate has its handlers: from then on a release can't be lost. */
export async function isHeld(pid: number, host: Host = localHost): Promise<boolean> {
  const status = await readStatus(pid, host)
  return status !== null && catches(status, 'SIGCONT')
}
