import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'

const SIGCONT_CAUGHT = 0x20000n

/** Whether the gate has its handlers: from then on a release can't be lost. */
export async function isHeld(pid: number, host: Host = localHost): Promise<boolean> {
  const status = await host.readText(`/proc/${pid}/status`).catch(() => '')
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  return caught !== undefined && (BigInt(`0x${caught}`) & SIGCONT_CAUGHT) !== 0n
}
