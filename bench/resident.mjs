/** The memory of processes, as the kernel counts it. */
import { readFileSync } from 'node:fs'

/** The highest resident size that a process has had, in kB. */
export const peak = (pid) =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)

/** Children of this process that have this name. */
export const children = (comm) =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === comm)
