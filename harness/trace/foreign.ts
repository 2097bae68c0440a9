import { constants } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { parseJavaCommandLine } from '../jvm/java-command-line.js'
import { AppError, AttachError, UsageError } from '../model/errors.js'
import { isJvm } from '../jvm/java.js'
import { localHost } from '../host/local-host.js'
import { linkerOf } from '../host/linker.js'
import type { Libc } from '../host/probe-folders.js'
import { readCmdline } from '../host/procfs/cmdline.js'
import { readMaps } from '../host/procfs/maps.js'
import { readStat } from '../host/procfs/stat.js'
import { readStatus } from '../host/procfs/status.js'

/** A JVM that somebody else has started: all that must be known before anything is done to it. */
export interface ForeignJvm {
  pid: number
  /** When it started, in clock ticks since boot: with it a pid is one process, even if another one gets that number later. */
  start: string
  /** Its command, for people. */
  name: string
  uid: number
  gid: number
  /** Whose libraries it can load. */
  libc: Libc
  /** Where its file system begins, as seen from here; null where it is this machine's own. */
  root: string | null
}

/** Looks at a process that is to be traced though it is not ours, and says why where it can't be. */
export async function inspectForeign(pid: number): Promise<ForeignJvm> {
  const status = await readStatus(pid, localHost)
  if (status === null)
    throw new UsageError(
      `--pid can't be "${pid}": there is no such process here. Give the number that "pgrep -a java" shows on this machine; of a JVM in a container, that is not the one inside it.`,
    )
  const { name, threadGroup, uid, gid } = status
  if (threadGroup !== pid)
    throw new UsageError(
      `--pid can't be "${pid}": it is a thread of process ${threadGroup}. Give that number.`,
    )
  if (status.state === 'Z') throw new UsageError(`--pid can't be "${pid}": that process has ended.`)
  const own = process.getuid?.()
  if (own !== 0 && own !== uid)
    throw new AttachError(
      'ATTACH_REFUSED',
      `Process ${pid} belongs to user ${uid}, and this is user ${own ?? '?'}. Run crac-preflight as that user, or as root.`,
    )
  await refuseUnreadable(pid)
  const words = await readCmdline(pid, localHost)
  if (!(await isJvm(pid)))
    throw new UsageError(
      `--pid can't be "${pid}": that is no JVM (${name}): it has no libjvm.so mapped. Give the number that "pgrep -a java" shows.`,
    )
  return {
    pid,
    start: (await readStat(pid, localHost))?.start ?? '',
    name: parseJavaCommandLine(words.slice(1)).main?.name ?? name,
    uid,
    gid,
    libc: await libcOf(pid),
    root: await rootOf(pid),
  }
}

/** As its program names the linker; one that was given to the linker is that of the linker which is mapped. */
async function libcOf(pid: number): Promise<Libc> {
  const linker = await linkerOf(`/proc/${pid}/exe`)
  if (linker !== null) return linker.libc
  const maps = await readMaps(pid, localHost)
  return maps.some(({ path }) => /\/(?:ld-musl-|libc\.musl-)/.test(path)) ? 'musl' : 'glibc'
}

/** Without CAP_SYS_PTRACE not even root may look into a process that has more rights. */
async function refuseUnreadable(pid: number): Promise<void> {
  try {
    await readFile(`/proc/${pid}/maps`)
  } catch (error) {
    throw new AttachError(
      'ATTACH_REFUSED',
      `Process ${pid} can't be looked at (${error instanceof Error ? error.message : String(error)}). It has more rights than this process, which then needs CAP_SYS_PTRACE. Run as root, in a container with --cap-add SYS_PTRACE --pid host (and --cap-add BPF --cap-add PERFMON, to trace with eBPF).`,
      { cause: error },
    )
  }
}

/** Whether it runs still, and its number is not somebody else's by now. */
export const isStill = async ({ pid, start }: Pick<ForeignJvm, 'pid' | 'start'>): Promise<boolean> =>
  (await readStat(pid, localHost))?.start === start

/** A JVM in a container has a file system of its own. */
async function rootOf(pid: number): Promise<string | null> {
  const namespace = (of: number | 'self') => readlink(`/proc/${of}/ns/mnt`).catch(() => null)
  const root = await readlink(`/proc/${pid}/root`).catch(() => null)
  if (root === null)
    throw new AppError('APP_DIED', `Process ${pid} can't be looked at: it has ended, or may not be traced.`)
  if ((await namespace(pid)) === (await namespace('self')) && root === '/') return null
  const tmp = await localHost.stat(`/proc/${pid}/root/tmp`).catch(() => null)
  if (((tmp?.mode ?? 0) & constants.S_IFMT) !== constants.S_IFDIR)
    throw new AttachError(
      'ATTACH_REFUSED',
      `Process ${pid} runs in a container without a folder /tmp, through which its JVM would have to be asked.`,
    )
  return `/proc/${pid}/root`
}
