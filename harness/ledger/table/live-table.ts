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
const S_IFREG = 0o100000

type Description = Pick<Entry, 'kind' | 'target' | 'locked' | 'peerHolders' | 'listener' | 'watches'>

/** What a descriptor leads to, and who is at its other end; `linkEntries` adds what it has to do with others. */
export function describeTarget(
  live: Pick<LiveFile, 'mode' | 'link' | 'inode' | 'locked' | 'otherEnd'>,
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
  const locked = live.locked && { locked: live.locked }
  return { kind: kindOf(type, target), target, ...locked, peerHolders: live.otherEnd ?? [], ...unlinked }
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

/** Whether it is an end of a pipe, with a name (a FIFO) or without. */
export const isPipe = ({ mode }: Pick<LiveFile, 'mode'>): boolean => (mode & S_IFMT) === S_IFIFO

/** The live table without a tracer: what /proc tells, with no identity beyond the inode. */
export async function readLiveTable(pid: number, host: Host = localHost): Promise<LiveFile[]> {
  const open = await readDescriptors(pid, host)
  return open.map((each) => ({ ...each, file: '', inherited: false }))
}

/** What stat tells of those files of a tracer's table of which it may tell something else than the kernel's own table. */
export async function addStat(pid: number, live: LiveFile[], host: Host): Promise<LiveFile[]> {
  return await Promise.all(live.map((each) => statOf(pid, each, host)))
}

const isOnDisk = ({ mode, link }: LiveFile): boolean =>
  link.startsWith('/') && [S_IFREG, S_IFDIR].includes(mode & S_IFMT)

async function statOf(pid: number, live: LiveFile, host: Host): Promise<LiveFile> {
  if (!isOnDisk(live)) return live
  const path = `/proc/${pid}/fd/${live.fd}`
  try {
    const { ino: inode, dev: device } = await host.stat(path)
    if (inode === live.inode && device === live.device) return live
    // It may be another file by now.
    return (await host.readlink(path)) === live.link ? { ...live, stat: { inode, device } } : live
  } catch {
    // Closed since.
    return live
  }
}
