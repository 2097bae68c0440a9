import type { Host } from '../host.js'

/** What /proc/PID/fd tells of one descriptor. */
export interface OpenDescriptor {
  fd: number
  /** `socket:[4711]`, `anon_inode:[eventpoll]`, a path. */
  link: string
  inode: number
  device: number
  /** st_mode. */
  mode: number
}

/** The descriptors of a process, in the order of their numbers. Rejects where it can't be looked at. */
export async function readDescriptors(pid: number, host: Host): Promise<OpenDescriptor[]> {
  const names = await host.readdir(`/proc/${pid}/fd`)
  const found = await Promise.all(names.map((name) => readDescriptor(pid, Number(name), host)))
  return found.filter((each) => each !== null).sort((a, b) => a.fd - b.fd)
}

/** Null where it was closed between the listing and the look. */
async function readDescriptor(pid: number, fd: number, host: Host): Promise<OpenDescriptor | null> {
  const path = `/proc/${pid}/fd/${fd}`
  try {
    const [link, { ino, dev, mode }] = await Promise.all([host.readlink(path), host.stat(path)])
    return { fd, link, inode: ino, device: dev, mode }
  } catch {
    return null
  }
}

/** What its descriptors lead to; nothing where it can't be looked at. */
export async function readLinks(pid: number, host: Host): Promise<string[]> {
  const names = await host.readdir(`/proc/${pid}/fd`).catch(() => [])
  return await Promise.all(names.map((name) => host.readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
}

/** A file that an epoll set watches: number and inode, as they were when it was put in. */
export interface Watched {
  fd: number
  inode: number
}

/** `tfd:        5 events:       19 data: 5  pos:0 ino:3b8 sdev:8` in /proc/PID/fdinfo/N, one line for each file. */
export function parseWatched(fdinfo: string): Watched[] {
  return [...fdinfo.matchAll(/^tfd:\s*(\d+)\s.*\bino:([0-9a-f]+)/gm)].map(([, fd, inode = '']) => ({
    fd: Number(fd),
    inode: parseInt(inode, 16),
  }))
}
