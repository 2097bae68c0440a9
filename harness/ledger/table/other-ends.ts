/** What is said of the processes at other ends, of sockets and pipes alike. */
import type { Host } from '../../host/host.js'

export const THROUGH_SIDECAR = 'the app is observed through a sidecar, which does not look for it'

export const unreadable = (processes: number): string =>
  `the descriptors of ${processes} processes can't be read by this user`

/** One sentence for each reason why other ends are not known, with what it holds for; null where there is none. */
export function describeTrouble(troubles: Record<string, string | null>): string | null {
  const byReason = new Map<string, string[]>()
  for (const [what, why] of Object.entries(troubles))
    if (why !== null) byReason.set(why, [...(byReason.get(why) ?? []), what])
  const sentences = [...byReason].map(
    ([why, what]) => `who is at the other end of ${what.join(' and ')} is not fully known: ${why}`,
  )
  return sentences.length === 0 ? null : sentences.join('; ')
}

/** What the kernel calls the program of a process. */
export async function nameOf(pid: number, host: Host): Promise<string> {
  return (await host.readText(`/proc/${pid}/comm`).catch(() => 'gone')).trimEnd()
}
