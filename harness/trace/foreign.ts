import { lstat, readFile, readlink } from 'node:fs/promises'
import { mainOf } from '../jvm/java-command-line.js'
import { AppError, AttachError, UsageError } from '../model/errors.js'
import { isJvm } from '../jvm/java.js'

/** A JVM that somebody else has started: all that must be known before anything is done to it. */
export interface ForeignJvm {
  pid: number
  /** When it started, in clock ticks since boot: with it a pid is a process, whoever gets that number later. */
  start: string
  /** Its command, for people. */
  name: string
  uid: number
  gid: number
  /** Where its file system begins, as seen from here; null where it is this machine's own. */
  root: string | null
}

/** SIGPROF's bit in SigCgt. */
const SIGPROF_CAUGHT = 1n << 26n

/** Looks at a process that is to be traced though it is not ours, and says why where it can't be. */
export async function inspectForeign(pid: number): Promise<ForeignJvm> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null)
  if (status === null)
    throw new UsageError(
      `--pid can't be "${pid}": there is no such process here. Give the number that "pgrep -a java" shows on this machine; of a JVM in a container, that is not the one inside it.`,
    )
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.split(/\s+/) ?? []
  if (field('Tgid')[0] !== String(pid))
    throw new UsageError(
      `--pid can't be "${pid}": it is a thread of process ${field('Tgid')[0] ?? '?'}. Give that number.`,
    )
  if (field('State')[0] === 'Z') throw new UsageError(`--pid can't be "${pid}": that process has ended.`)
  const uid = Number(field('Uid')[1])
  const own = process.getuid?.()
  if (own !== 0 && own !== uid)
    throw new AttachError(
      'ATTACH_REFUSED',
      `Process ${pid} belongs to user ${uid}, and this is user ${own ?? '?'}. Run crac-preflight as root: tracing a process that runs already needs CAP_BPF and CAP_PERFMON anyway.`,
    )
  await refuseUnreadable(pid)
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  if (!(await isJvm(pid)))
    throw new UsageError(
      `--pid can't be "${pid}": that is no JVM (${field('Name').join(' ')}): it has no libjvm.so mapped. Give the number that "pgrep -a java" shows.`,
    )
  await refuseOtherProfiler(pid, BigInt(`0x${field('SigCgt')[0] ?? '0'}`))
  return {
    pid,
    start: await startOf(pid),
    name: mainOf(words.slice(1))?.name ?? field('Name').join(' '),
    uid,
    gid: Number(field('Gid')[1]),
    root: await rootOf(pid),
  }
}

/** Without CAP_SYS_PTRACE not even root may look into a process that has more rights. */
async function refuseUnreadable(pid: number): Promise<void> {
  try {
    await readFile(`/proc/${pid}/maps`)
  } catch (error) {
    throw new AttachError(
      'ATTACH_REFUSED',
      `Process ${pid} can't be looked at (${error instanceof Error ? error.message : String(error)}). Tracing a process that runs already needs CAP_BPF and CAP_PERFMON, and CAP_SYS_PTRACE where it has more rights than this one. Run as root, in a container with --cap-add BPF --cap-add PERFMON --cap-add SYS_PTRACE --pid host.`,
    )
  }
}

/** Field 22 of /proc/PID/stat; the second, the name, may hold spaces and parentheses. Empty where there is no process. */
export async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return (
    stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19) ?? ''
  )
}

/** Two profilers would take each other's signals: the other one was there first. */
async function refuseOtherProfiler(pid: number, caught: bigint): Promise<void> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '')
  if ((caught & SIGPROF_CAUGHT) === 0n || maps.includes('/libasyncProfiler.so')) return
  throw new AttachError(
    'ATTACH_REFUSED',
    `Process ${pid} handles SIGPROF itself, so another profiler is at work in it, and two would disturb each other. Stop that one, and try again.`,
  )
}

/** A JVM in a container has a file system of its own. */
async function rootOf(pid: number): Promise<string | null> {
  const namespace = (of: number | 'self') => readlink(`/proc/${of}/ns/mnt`).catch(() => null)
  const root = await readlink(`/proc/${pid}/root`).catch(() => null)
  if (root === null)
    throw new AppError('APP_DIED', `Process ${pid} can't be looked at: it has ended, or may not be traced.`)
  if ((await namespace(pid)) === (await namespace('self')) && root === '/') return null
  // A link would lead out of the container, to a folder of ours.
  if (!(await lstat(`/proc/${pid}/root/tmp`).catch(() => null))?.isDirectory())
    throw new AttachError(
      'ATTACH_REFUSED',
      `Process ${pid} runs in a container without a folder /tmp, through which its JVM would have to be asked.`,
    )
  return `/proc/${pid}/root`
}
