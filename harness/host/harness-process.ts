/** Which harness process something belongs to: what may outlive one that is killed is marked with this. */
import { readFileSync, readlinkSync } from 'node:fs'
import { parseStat, type ProcessStat } from './procfs/stat.js'

/** Where a pid means this process: the boot of the machine, and the pid namespace. */
export const place = (): string =>
  `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`

/** When a process started, in ticks since boot, as a pid may be used again; empty where that can't be read. */
export const startOf = (pid: string): string => statOf(pid)?.start ?? ''

/** Whether a process of this place certainly runs no more; its parent may not have asked yet how it ended. */
export function hasEnded(pid: string, start: string): boolean {
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true
  }
  // Where /proc shows nobody else's processes, the owner of that number counts as the same.
  const now = statOf(pid)
  return now !== null && (now.start !== start || now.state === 'Z')
}

function statOf(pid: string): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return null
  }
}
