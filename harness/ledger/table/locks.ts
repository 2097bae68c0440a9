import type { Host } from '../../host/host.js'
import type { LiveFile } from '../records.js'

/** Marks the files on which the process holds a lock: `lock:	1: POSIX  ADVISORY  WRITE …` in /proc/PID/fdinfo/N. */
export async function addLocks(pid: number, live: LiveFile[], host: Host): Promise<LiveFile[]> {
  return await Promise.all(
    live.map(async (each) => {
      if (!each.link.startsWith('/')) return each
      const fdinfo = await host.readText(`/proc/${pid}/fdinfo/${each.fd}`).catch(() => '')
      return /^lock:/m.test(fdinfo) ? { ...each, locked: true as const } : each
    }),
  )
}
