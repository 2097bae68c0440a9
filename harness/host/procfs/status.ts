import type { Host } from '../host.js'

/** What /proc/PID/status tells of a process, as far as anybody asks. */
export interface ProcessStatus {
  /** The kernel's name of its program, at most 15 bytes. */
  name: string
  /** One letter: R, S, D, Z … */
  state: string
  /** The process that a thread belongs to; of a process, its own pid. */
  threadGroup: number
  threads: number
  /** The pid that it has in its own pid namespace; null of kernels that do not tell. */
  ownPid: number | null
  /** The effective ones. */
  uid: number
  gid: number
  /** CapEff: the capabilities that it may use, each at the bit of its number. */
  capabilities: bigint
  /** SigCgt: the signals for which it has handlers, the first one in the lowest bit. */
  caught: bigint
}

/** By their numbers on x86-64 and arm64. */
const SIGNALS = { SIGQUIT: 3, SIGCONT: 18, SIGPROF: 27 } as const

/** Reads the text of /proc/PID/status; null where it is not such a text. */
export function parseStatus(text: string): ProcessStatus | null {
  const fields = new Map(
    [...text.matchAll(/^(\w+):(.*)$/gm)].map(([, name, value = '']) => [name, value.trim()]),
  )
  const words = (name: string): string[] => (fields.get(name) ?? '0').split(/\s+/)
  if (!fields.has('State')) return null
  return {
    name: fields.get('Name') ?? '',
    state: words('State')[0] ?? '',
    threadGroup: Number(words('Tgid')[0]),
    threads: Number(words('Threads')[0]),
    ownPid: fields.has('NSpid') ? Number(words('NSpid').at(-1)) : null,
    uid: Number(words('Uid')[1]),
    gid: Number(words('Gid')[1]),
    capabilities: BigInt(`0x${words('CapEff')[0] ?? '0'}`),
    caught: BigInt(`0x${words('SigCgt')[0] ?? '0'}`),
  }
}

/** Null where there is no such process. */
export const readStatus = async (pid: number, host: Host): Promise<ProcessStatus | null> =>
  parseStatus(await host.readText(`/proc/${pid}/status`).catch(() => ''))

/** Whether a process has a handler for a signal. */
export const catches = ({ caught }: ProcessStatus, signal: keyof typeof SIGNALS): boolean =>
  (caught & (1n << BigInt(SIGNALS[signal] - 1))) !== 0n

/** The number that a process has in its own pid namespace: in a container, another one than here. */
export async function ownPidOf(pid: number, host: Host): Promise<number> {
  return (await readStatus(pid, host))?.ownPid ?? pid
}
