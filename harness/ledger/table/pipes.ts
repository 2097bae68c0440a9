import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { findPipeEnds, pipeEndOf, type PipeEnd } from '../../host/procfs/pipe-ends.js'
import { groupBy } from '../../model/lists.js'
import type { PeerHolder } from '../../model/report.js'
import type { LiveFile } from '../records.js'
import { isPipe } from './live-table.js'
import { nameOf, THROUGH_SIDECAR, unreadable } from './other-ends.js'

/** A table whose pipes have their `otherEnd`, and why that is not known of some. */
interface KnownEnds {
  live: LiveFile[]
  trouble: string | null
}

/**
 * Adds who holds the other ends of pipes: the app itself, as its own table tells, and the other processes of this machine
 * whose tables this user may read.
 */
export async function addPipeEnds(pid: number, live: LiveFile[], host: Host): Promise<KnownEnds> {
  const pipes = live.filter(isPipe)
  if (pipes.length === 0) return { live, trouble: null }
  const own = await ownEnds(pid, pipes, host)
  const others = host === localHost ? await findPipeEnds(own, pid) : null
  const all = [...own, ...(others?.ends ?? [])]
  const names = new Map<number, string>()
  for (const each of new Set(all.map((end) => end.pid))) names.set(each, await nameOf(each, host))
  const toHolder = (end: PipeEnd): PeerHolder => ({
    pid: end.pid,
    name: names.get(end.pid) ?? 'gone',
    fd: end.fd,
    own: end.pid === pid,
    end: end.end,
  })
  const byPipe = groupBy(all, pipeOf)
  const otherEnds = new Map(
    own.map((end) => [end.fd, (byPipe.get(pipeOf(end)) ?? []).filter((each) => isOpposite(end, each))]),
  )
  // Who started the app has given it its standard streams, and knows where these lead.
  const isLonely = own.some(({ fd }) => fd > 2 && otherEnds.get(fd)?.length === 0)
  const hidden = others === null ? THROUGH_SIDECAR : others.hidden > 0 ? unreadable(others.hidden) : null
  return {
    live: live.map((each) => {
      const ends = otherEnds.get(each.fd)
      return ends === undefined ? each : { ...each, otherEnd: ends.map(toHolder) }
    }),
    trouble: isLonely ? hidden : null,
  }
}

/** The app's own; one that was closed meanwhile is none. */
async function ownEnds(pid: number, pipes: LiveFile[], host: Host): Promise<PipeEnd[]> {
  const fdinfo = await host.fdinfo(
    pid,
    pipes.map(({ fd }) => fd),
  )
  return pipes.flatMap(({ fd, link, inode, device }, i) => {
    const end = pipeEndOf(fdinfo[i] ?? '')
    return end === null ? [] : [{ pid, fd, link, inode, device, end }]
  })
}

const pipeOf = ({ link, inode, device }: PipeEnd): string => `${link} ${inode} ${device}`

/** Of two ends of one pipe: whether one reads what the other writes. A FIFO that is open for both is at either end. */
function isOpposite(one: PipeEnd, other: PipeEnd): boolean {
  if (one.pid === other.pid && one.fd === other.fd) return false
  return one.end === 'both' || other.end === 'both' || one.end !== other.end
}
