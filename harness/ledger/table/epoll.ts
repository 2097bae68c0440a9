import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import type { LiveFile } from '../records.js'

/** What an epoll set watches: number and inode of each file, as they were when it was put in. */
export interface Watched {
  fd: number
  inode: number
}

/** Every epoll set of a process by its number. Must be read while the live table is: the kernel names files by number. */
export async function readWatches(
  pid: number,
  live: LiveFile[],
  host: Host = localHost,
): Promise<Map<number, Watched[]>> {
  const sets = live.filter(({ link }) => link.startsWith('anon_inode:[eventpoll]'))
  return new Map(
    await Promise.all(
      sets.map(async ({ fd }): Promise<[number, Watched[]]> => {
        const text = await host.readText(`/proc/${pid}/fdinfo/${fd}`).catch(() => '')
        return [fd, parseWatched(text)]
      }),
    ),
  )
}

/** `tfd:        5 events:       19 data: 5  pos:0 ino:3b8 sdev:8`, one line for each watched file. */
export function parseWatched(fdinfo: string): Watched[] {
  return [...fdinfo.matchAll(/^tfd:\s*(\d+)\s.*\bino:([0-9a-f]+)/gm)].map(([, fd, inode = '']) => ({
    fd: Number(fd),
    inode: parseInt(inode, 16),
  }))
}

/**
 * The live descriptors that are watched. A file stays in the set when its number is closed and another one leads to it;
 * and the number may lead elsewhere by then: so the inode must agree.
 */
export function watchedBy(watched: Watched[], live: LiveFile[]): number[] {
  const byFd = new Map(live.map((each) => [each.fd, each]))
  const byInode = new Map(live.filter(isOneOfAKind).map((each) => [each.inode, each]))
  const fds = watched.flatMap(({ fd, inode }) => {
    const named = byFd.get(fd)
    return (named?.inode === inode ? named : byInode.get(inode))?.fd ?? []
  })
  return [...new Set(fds)].sort((a, b) => a - b)
}

/** All anonymous inodes of the kernel share one number. */
const isOneOfAKind = ({ link }: LiveFile): boolean => !link.startsWith('anon_inode:')
