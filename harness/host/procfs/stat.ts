import type { Host } from '../host.js'

/** What /proc/PID/stat tells of a process, as far as anybody asks. */
export interface ProcessStat {
  /** One letter: R, S, D, Z … */
  state: string
  parent: number
  /** Its process group. */
  group: number
  /** Processor time of all its threads, those that have ended included, in ticks of USER_HZ. */
  ranTicks: number
  /** When it started, in clock ticks since boot: with it a pid is one process, even if another one gets that number later. */
  start: string
}

/** Reads the text of /proc/PID/stat; null where it is not such a text. */
export function parseStat(text: string): ProcessStat | null {
  // The second field is the command in parentheses, which may hold spaces, line feeds and parentheses itself.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .trimEnd()
    .split(' ')
  const [state = '', parent, group] = fields
  const [user, system, start] = [fields[11], fields[12], fields[19]]
  if (!/^[A-Za-z]$/.test(state) || start === undefined) return null
  return {
    state,
    parent: Number(parent),
    group: Number(group),
    ranTicks: Number(user) + Number(system),
    start,
  }
}

/** Null where there is no such process. */
export const readStat = async (pid: number | string, host: Host): Promise<ProcessStat | null> =>
  parseStat(await host.readText(`/proc/${pid}/stat`).catch(() => ''))
