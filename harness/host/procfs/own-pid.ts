import type { Host } from '../host.js'
import { localHost } from '../local-host.js'

/** The number that a process has in its own pid namespace: in a container, another one than here. */
export async function ownPidOf(pid: number, host: Host = localHost): Promise<number> {
  const status = await host.readText(`/proc/${pid}/status`).catch(() => '')
  return Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? pid)
}
