import type { Host } from '../../host/host.js'
import type { LiveFile } from '../records.js'

/** Marks the files on which the process holds a lock: `lock:	1: POSIX  ADVISORY  WRITE …` in /proc/PID/fdinfo/N. */
export async function addLocks(pid: number, live: LiveFile[], host: Host): Promise<LiveFile[]> {
  const files = live.filter(({ link }) => link.startsWith('/')).map(({ fd }) => fd)
  const fdinfo = await host.fdinfo(pid, files)
  const locked = new Set(files.filter((_, i) => /^lock:/m.test(fdinfo[i] ?? '')))
  return live.map((each) => (locked.has(each.fd) ? { ...each, locked: true as const } : each))
}
