/** What the tracer tells: the shapes of its line protocol (`probes/fdtrace/README.md`), as the ledger uses them. */
import type { PeerHolder } from '../model/report.js'

/** What became of the signal that asks the thread for its Java stack; `hooked`: the preloaded library takes it itself. */
type SignalState = 'sent' | 'pending' | 'no-handler' | 'blocked' | 'forked' | 'failed' | 'off' | 'hooked'

/** Whether the preloaded library took a Java stack, and why not. */
export const stackStates = ['taken', 'boot', 'in-vm', 'not-java', 'no-frames', 'no-room'] as const
type StackState = (typeof stackStates)[number]

type SampleState = SignalState | StackState

/** The newest event of one kind on one `struct file`. */
export interface TracerRecord {
  kind: 'open' | 'dup' | 'bind' | 'listen' | 'connect'
  /** CLOCK_MONOTONIC, nanoseconds. */
  ts: number
  /** When this thread next asked for a sample: a sample in [ts, until) is this record's. Null: it has not yet. */
  until: number | null
  tgid: number
  tid: number
  /** The thread's id in its own pid namespace: what the JVM itself knows it by. */
  nsTid: number
  /** The number that the call returned or acted on; -1 where the file was not its direct result. */
  fd: number
  syscall: string
  /** Address of the kernel's struct file, or the preloaded library's own number for it: the descriptor's identity. */
  file: string
  inode: number
  device: number
  sample: SampleState
  /** The thread's name as the kernel knows it, at most 15 bytes. */
  comm: string
  /** Last component of the path, where the file has one. */
  name: string
  /** `127.0.0.1:80`, `[::]:80`, `/run/x.sock`, `@abstract`: of bind and connect. */
  address: string | null
  /** User-space return addresses, innermost first, as the kernel could walk them. */
  stack: string[]
}

/** One open descriptor at the time of the snapshot. */
export interface LiveFile {
  fd: number
  file: string
  inode: number
  device: number
  /** The same as stat tells it, where a file system has others for its users: overlays of several, btrfs. */
  stat?: { inode: number; device: number }
  /** st_mode. */
  mode: number
  /** What /proc/PID/fd/N links to. */
  link: string
  /** The process holds a lock on it, through this descriptor. */
  locked?: true
  /** Who holds the other end of it, where it is a pipe. */
  otherEnd?: PeerHolder[]
  /** It was open when the tracer was attached. */
  inherited: boolean
}

export interface TracerSnapshot {
  records: TracerRecord[]
  live: LiveFile[]
  /** Records that the kernel side made, and those it could not keep. */
  seen: number
  lost: number
  /** What `lost` is made of: a map was full, too many files in one call, the kernel could not run the program. */
  losses: { noRoom: number; unpaired: number; missed: number }
}

/** A tracer at work on one held or running process and everything it forks. */
export interface Tracer {
  /** The live table of one process, with the newest record of each kind for each of its files. */
  snapshot(pid: number): Promise<TracerSnapshot>
  /** Ends the tracer and frees everything it holds; safe to call twice. */
  stop(): Promise<void>
  /** What it does without on this kernel; null where it lacks nothing. */
  readonly shortfall: string | null
  /** Resolves, with the reason, when the tracer ends without having been asked to. */
  readonly lost: Promise<string>
}
