import { readdirSync, readlinkSync, statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { addTo, append } from '../../model/lists.js'
import type { OpenDescriptor } from './fds.js'
import { readFdinfo } from './fdinfo.js'

/** A descriptor that leads to a pipe, and the end of it. A pipe is one by its link; one with a name also by inode and device. */
export interface PipeEnd extends Omit<OpenDescriptor, 'mode'> {
  pid: number
  end: 'read' | 'write' | 'both'
}

/** `flags:	0100001` in /proc/PID/fdinfo/N, octal: its lowest two bits are the access mode. Null: closed by now. */
export function pipeEndOf(fdinfo: string): PipeEnd['end'] | null {
  const flags = /^flags:\s*([0-7]+)/m.exec(fdinfo)?.[1]
  return flags === undefined ? null : (ENDS[parseInt(flags, 8) & 3] ?? null)
}

const ENDS = ['read', 'write', 'both'] as const

/**
 * The descriptors of other processes of this machine that lead to one of these pipes; `hidden` processes have tables that
 * this user can't read. Links are read at once, a process at a time, as promises would take ten times as long for them.
 */
export async function findPipeEnds(
  wanted: readonly PipeEnd[],
  without: number,
): Promise<{ ends: PipeEnd[]; hidden: number }> {
  const links = new Map<string, PipeEnd[]>()
  for (const each of wanted) addTo(links, each.link, each)
  const ends: PipeEnd[] = []
  let hidden = 0
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!/^\d+$/.test(name) || pid === without) continue
    const found = linksOf(pid)
    if (found === null) hidden++
    else append(ends, await endsAmong(pid, found, links))
    await setImmediate()
  }
  return { ends: ends.sort((a, b) => a.pid - b.pid || a.fd - b.fd), hidden }
}

/** What its descriptors lead to, by number; null where this user can't read it, nothing where it has ended. */
function linksOf(pid: number): Map<number, string> | null {
  const links = new Map<number, string>()
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const link = readLink(`/proc/${pid}/fd/${fd}`)
      if (link !== null) links.set(Number(fd), link)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return null
  }
  return links
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

async function endsAmong(
  pid: number,
  found: Map<number, string>,
  wanted: Map<string, PipeEnd[]>,
): Promise<PipeEnd[]> {
  const fds = [...found].flatMap(([fd, link]) => (wanted.has(link) ? [fd] : []))
  if (fds.length === 0) return []
  const fdinfo = await readFdinfo(pid, fds)
  return fds.flatMap((fd, i) => {
    const end = pipeEndOf(fdinfo[i] ?? '')
    const known = wanted.get(found.get(fd) ?? '')?.find((each) => isSame(pid, fd, each))
    if (end === null || known === undefined) return []
    const { link, inode, device } = known
    return [{ pid, fd, link, inode, device, end }]
  })
}

/** The number of a pipe without a name is the kernel's own; one name may have led to several. */
function isSame(pid: number, fd: number, known: PipeEnd): boolean {
  if (known.link.startsWith('pipe:')) return true
  try {
    const [here, there] = [statSync(`/proc/${pid}/fd/${fd}`), statSync(`/proc/${known.pid}/fd/${known.fd}`)]
    return here.ino === there.ino && here.dev === there.dev
  } catch {
    return false
  }
}
