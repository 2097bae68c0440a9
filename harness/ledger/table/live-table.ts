import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { readDescriptors } from '../../host/procfs/fds.js'
import type { LedgerEntry } from '../../model/report.js'
import type { LiveFile } from '../records.js'
import type { SocketDescription } from './sockets.js'

const S_IFMT = 0o170000
const S_IFSOCK = 0o140000
const S_IFIFO = 0o010000
const S_IFDIR = 0o040000

type Description = Pick<LedgerEntry, 'kind' | 'target' | 'peer' | 'peerHolders' | 'listener' | 'watches'>

/** What a descriptor leads to, in words, and who is at its other end; `linkEntries` adds what it has to do with others. */
export function describeTarget(
  live: Pick<LiveFile, 'mode' | 'link' | 'inode'>,
  sockets: Map<number, SocketDescription>,
): Description {
  const type = live.mode & S_IFMT
  if (type === S_IFSOCK) {
    const known = sockets.get(live.inode)
    return {
      kind: 'socket',
      target: known?.target ?? 'socket, neither bound nor connected',
      peer: known?.peer ?? null,
      peerHolders: known?.holders ?? [],
      ...unlinked,
    }
  }
  return { kind: kindOf(type, live.link), target: live.link, peer: null, peerHolders: [], ...unlinked }
}

const unlinked = { listener: null, watches: [] }

function kindOf(type: number, link: string): LedgerEntry['kind'] {
  if (type === S_IFIFO) return 'pipe'
  if (type === S_IFDIR) return 'directory'
  const anonymous = /^anon_inode:\[?(\w+)\]?/.exec(link)?.[1]
  if (anonymous === undefined) return 'file'
  const known: Partial<Record<string, LedgerEntry['kind']>> = {
    eventpoll: 'eventpoll',
    eventfd: 'eventfd',
    inotify: 'inotify',
    timerfd: 'timerfd',
  }
  return known[anonymous] ?? 'other'
}

/** The live table without a tracer: what /proc tells, with no identity beyond the inode. */
export async function readLiveTable(pid: number, host: Host = localHost): Promise<LiveFile[]> {
  const open = await readDescriptors(pid, host)
  return open.map((each) => ({ ...each, file: '', inherited: false }))
}
