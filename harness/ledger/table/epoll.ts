import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { parseWatched, type Watched } from '../../host/procfs/fds.js'
import type { LiveFile } from '../records.js'

/** Every epoll set of a process by its number. Must be read while the live table is: the kernel names files by number. */
export async function readWatches(
  pid: number,
  live: LiveFile[],
  host: Host = localHost,
): Promise<Map<number, Watched[]>> {
  const sets = live.filter(({ link }) => link.startsWith('anon_inode:[eventpoll]')).map(({ fd }) => fd)
  const fdinfo = await host.fdinfo(pid, sets)
  return new Map(sets.map((fd, i) => [fd, parseWatched(fdinfo[i] ?? '')]))
}

/**
 * The live descriptors that are watched. A file stays in the set when its number is closed and another one leads to it;
 * and the number may lead elsewhere by then: so the inode must agree.
 */
export function watching(live: LiveFile[]): (watched: Watched[]) => number[] {
  const byFd = new Map(live.map((each) => [each.fd, each]))
  const byInode = new Map(live.filter(isOneOfAKind).map((each) => [each.inode, each]))
  return (watched) => {
    const fds = watched.flatMap(({ fd, inode }) => {
      const named = byFd.get(fd)
      return (named?.inode === inode ? named : byInode.get(inode))?.fd ?? []
    })
    return [...new Set(fds)].sort((a, b) => a - b)
  }
}

/** All anonymous inodes of the kernel share one number. */
const isOneOfAKind = ({ link }: LiveFile): boolean => !link.startsWith('anon_inode:')
