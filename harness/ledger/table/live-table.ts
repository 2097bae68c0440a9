import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { readDescriptors } from '../../host/procfs/fds.js'
import { targetOfLink, type Entry, type Target } from '../../model/target.js'
import type { LiveFile } from '../records.js'
import type { SocketDescription } from './sockets.js'

const S_IFMT = 0o170000
const S_IFSOCK = 0o140000
const S_IFIFO = 0o010000
const S_IFDIR = 0o040000

type Description = Pick<Entry, 'kind' | 'target' | 'peerHolders' | 'listener' | 'watches'>

/** What a descriptor leads to, and who is at its other end; `linkEntries` adds what it has to do with others. */
export function describeTarget(
  live: Pick<LiveFile, 'mode' | 'link' | 'inode'>,
  sockets: Map<number, SocketDescription>,
): Description {
  const type = live.mode & S_IFMT
  if (type === S_IFSOCK) {
    const known = sockets.get(live.inode)
    return {
      kind: 'socket',
      target: known?.target ?? { is: 'socket', inode: null },
      peerHolders: known?.holders ?? [],
      ...unlinked,
    }
  }
  const target = targetOfLink(live.link)
  return { kind: kindOf(type, target), target, peerHolders: [], ...unlinked }
}

const unlinked = { listener: null, watches: [] }

function kindOf(type: number, target: Target): Entry['kind'] {
  if (type === S_IFIFO) return 'pipe'
  if (type === S_IFDIR) return 'directory'
  if (target.is !== 'anon') return 'file'
  const known: Partial<Record<string, Entry['kind']>> = {
    eventpoll: 'eventpoll',
    eventfd: 'eventfd',
    inotify: 'inotify',
    timerfd: 'timerfd',
  }
  return known[target.kind] ?? 'other'
}

/** The live table without a tracer: what /proc tells, with no identity beyond the inode. */
export async function readLiveTable(pid: number, host: Host = localHost): Promise<LiveFile[]> {
  const open = await readDescriptors(pid, host)
  return open.map((each) => ({ ...each, file: '', inherited: false }))
}
