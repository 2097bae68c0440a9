import { lstat, unlink } from 'node:fs/promises'
import type { FileStatus, Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import { readStat } from '../host/procfs/stat.js'

/** Of each JVM that was asked: its socket, by which it is known again. */
const asked = new Map<number, { path: string; dev: number; ino: number }>()

/** Notes a socket on which a JVM of this machine listens to us; one in a file system of its own goes with that. */
export async function noteSocket(
  { pid, ownPid }: { pid: number; ownPid: number },
  { dev, ino }: FileStatus,
  host: Host,
): Promise<void> {
  if (host !== localHost) return
  const path = `/tmp/.java_pid${ownPid}`
  if (await isIt({ path, dev, ino })) asked.set(pid, { path, dev, ino })
}

/** Removes what JVMs have left that were killed: one that ends by itself removes its socket. */
export async function removeLeftSockets(): Promise<void> {
  for (const [pid, socket] of asked) {
    if (await isThere(pid)) continue
    asked.delete(pid)
    if (await isIt(socket)) await unlink(socket.path).catch(() => undefined)
  }
}

/** A zombie holds nothing any more. */
async function isThere(pid: number): Promise<boolean> {
  const stat = await readStat(String(pid), localHost)
  return stat !== null && !/[ZX]/.test(stat.state)
}

const isIt = ({ path, dev, ino }: { path: string; dev: number; ino: number }): Promise<boolean> =>
  lstat(path).then(
    (found) => found.dev === dev && found.ino === ino,
    () => false,
  )
