import type { Host } from '../../host/host.js'
import { readStat } from '../../host/procfs/stat.js'

/** What one JVM has done so far, as the kernel counts it. */
export interface Activity {
  /** How many descriptors it has. */
  open: number
  /** Processor time of all its threads, those that have ended included, in milliseconds. */
  ranMs: number
  /** By thread: how long it has run or has been ready to, in milliseconds. On a busy machine it waits more than it runs. */
  wantedMs: Map<number, number>
  /** Classes that it has loaded; null where it doesn't tell. */
  classes: number | null
}

/** USER_HZ, which is 100 on every machine that Java runs on. */
const MS_PER_TICK = 10

export async function activityOf(
  pid: number,
  host: Host,
  classes: (pid: number) => Promise<number | null>,
): Promise<Activity> {
  const [open, stat, tasks, loaded] = await Promise.all([
    host.readdir(`/proc/${pid}/fd`).catch(() => []),
    readStat(pid, host),
    host.readdir(`/proc/${pid}/task`).catch(() => []),
    classes(pid),
  ])
  const wanted = tasks.map(async (tid) => [Number(tid), await wantedMs(pid, tid, host)] as const)
  return {
    open: open.length,
    ranMs: (stat?.ranTicks ?? 0) * MS_PER_TICK,
    wantedMs: new Map(await Promise.all(wanted)),
    classes: loaded,
  }
}

/** Kernels that keep no such statistics have no file, or zeros in it. */
async function wantedMs(pid: number, tid: string, host: Host): Promise<number> {
  const text = await host.readText(`/proc/${pid}/task/${tid}/schedstat`).catch(() => '')
  const [ran = 0, waited = 0] = text.split(' ').map(Number)
  return (ran + waited) / 1e6
}

/** The name of a thread, as the kernel has it. */
export const threadName = (pid: number, tid: number, host: Host): Promise<string> =>
  host.readText(`/proc/${pid}/task/${tid}/comm`).then(
    (text) => text.trim(),
    () => String(tid),
  )
