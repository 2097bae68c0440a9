import type { Duplex, Readable, Writable } from 'node:stream'

/** What `stat` tells of a file, as far as anybody asks. */
export interface FileStatus {
  dev: number
  ino: number
  /** st_mode. */
  mode: number
  size: number
  uid: number
}

/** Who is to be at the other end of a unix socket. */
export interface Listener {
  pid: number
  uid: number
}

/** A program that runs beside the app's processes. */
export interface Program {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** How it ended, when all its output has been read: `exit status 1`, `SIGKILL`. Rejects where it can't be run. */
  readonly ended: Promise<string>
  kill(): void
}

/** A ledger of a million descriptors takes less; what is longer was not written by a probe of ours. */
export const LONGEST_OF_APPS = 512 * 2 ** 20

/**
 * How a file is read in the harness's own folder, where the app may put anything: a link there leads nowhere, and a file
 * that is longer than any of ours is none (EFBIG).
 */
export interface HowToRead {
  follow: false
}

/**
 * The machine that the app's processes run on: whatever is asked of them or done to them goes through here. Paths are
 * that machine's, but for those below the harness's own folder, which are what the app has written there.
 */
export interface Host {
  /** Equal for all who see the same machine in the same way: what is shared between apps is shared by it. */
  readonly machine: object
  /** Of regular files only, as all that reads. */
  read(path: string, offset: number, length: number): Promise<Buffer>
  readFile(path: string, how?: HowToRead): Promise<Buffer>
  readText(path: string, how?: HowToRead): Promise<string>
  readlink(path: string): Promise<string>
  /** What the kernel tells of some descriptors in /proc/PID/fdinfo, in their order; nothing of one that is closed by now. */
  fdinfo(pid: number, fds: readonly number[]): Promise<string[]>
  readdir(path: string): Promise<string[]>
  /** Of what links lead to, unless a link at the end is not to be followed. */
  stat(path: string, how?: HowToRead): Promise<FileStatus>
  /** Makes an empty file that is not there yet, for processes of this user. */
  create(path: string, owner: { uid: number; gid: number }): Promise<void>
  unlink(path: string): Promise<void>
  kill(pid: number, signal: 'SIGCONT' | 'SIGQUIT' | 'SIGTERM' | 'SIGKILL' | 0): Promise<void>
  /** The parent of every process. */
  parents(): Promise<Map<number, number>>
  /** CLOCK_MONOTONIC, nanoseconds. */
  now(): Promise<number>
  /**
   * Connects to a unix socket that is that process's; what goes wrong is an `error` of the stream, with the code EPERM
   * where somebody else listens there or could.
   */
  connect(path: string, listener: Listener): Duplex
  /** Runs one of our probes; `binary` is where it lies on the harness's own machine. */
  run(binary: string, args: string[]): Program
}
