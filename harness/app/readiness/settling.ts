import type { Host } from '../../host/host.js'
import { activityOf, threadName, type Activity } from './activity.js'

/** How long nothing may happen. */
const WINDOW_MS = 2000
/** What a JVM that idles may do: VM threads, timers and heartbeats don't end. Shares are of one processor. */
const IDLE = { ran: 0.1, wanted: 0.25, classes: 10 }

/** What is looked at. */
export interface Settled {
  host: Host
  output: { readonly lastPrinted: number }
  jvms: () => Promise<number[]>
  classes: (pid: number) => Promise<number | null>
}

interface Look {
  at: number
  jvms: Map<number, Activity>
}

/** Looks again and again whether the JVMs have come to rest. What starts them, an init or a script, does not count. */
export class Settling {
  private looks: Look[] = []

  constructor(private readonly app: Settled) {}

  /** What the app still does; null when it has done nothing for two seconds. */
  async look(): Promise<string | null> {
    const now = await this.now()
    this.looks.push(now)
    // One look that is older than the window stays: the window is to be covered.
    while ((this.looks[1]?.at ?? Infinity) <= now.at - WINDOW_MS) this.looks.shift()
    const [first = now] = this.looks
    if (now.jvms.size === 0) return 'no JVM is among its processes'
    if (this.app.output.lastPrinted > now.at - WINDOW_MS) return 'it still prints'
    if (now.at - first.at < WINDOW_MS) return 'it has been watched for less than 2 s'
    if (this.looks.some((look) => openIn(look) !== openIn(now)))
      return 'it still starts processes, or opens or closes descriptors'
    return (await this.atWork(first, now)) ?? loading(first, now)
  }

  private async now(): Promise<Look> {
    const { jvms, host, classes } = this.app
    const at = performance.now()
    const seen = (await jvms()).map(async (pid) => [pid, await activityOf(pid, host, classes)] as const)
    return { at, jvms: new Map(await Promise.all(seen)) }
  }

  private async atWork(before: Look, now: Look): Promise<string | null> {
    const span = now.at - before.at
    for (const [pid, activity] of now.jvms) {
      const earlier = before.jvms.get(pid)
      const wanted = [...activity.wantedMs].map(([tid, ms]) => ({
        tid,
        share: (ms - (earlier?.wantedMs.get(tid) ?? 0)) / span,
      }))
      const [busiest] = wanted.sort((a, b) => b.share - a.share)
      const ran = (activity.ranMs - (earlier?.ranMs ?? 0)) / span
      if (busiest !== undefined && (ran > IDLE.ran || busiest.share > IDLE.wanted)) {
        const name = await threadName(pid, busiest.tid, this.app.host)
        const share = Math.round(Math.max(ran, busiest.share) * 100)
        return `its threads still use the processor (${share} % of one, most of it "${name}")`
      }
    }
    return null
  }
}

/** Which JVMs there are and how many descriptors each of them has, to be compared. */
const openIn = ({ jvms }: Look): string => [...jvms].map(([pid, { open }]) => `${pid}: ${open}`).join()

function loading(before: Look, now: Look): string | null {
  for (const [pid, { classes }] of now.jvms) {
    const loaded = (classes ?? 0) - (before.jvms.get(pid)?.classes ?? 0)
    if (loaded > IDLE.classes) return `it still loads classes (${loaded} in the last two seconds)`
  }
  return null
}
