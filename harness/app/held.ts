import type { ChildProcess } from 'node:child_process'
import type { Host } from '../host/host.js'
import type { AppOutput } from './output.js'

/** How an app ended: its exit status, the signal's name, or what else is known. */
export type Exit = number | string

/** An app at its first instruction, wherever it runs: nothing of it has run. */
export interface HeldApp {
  pid: number
  release(): StartedApp
  stop(): Promise<void>
}

/** A started app as the harness sees it: the one place that knows whether it is a local process or in a container. */
export interface StartedApp {
  /** As its machine numbers it. */
  pid: number
  /** Where its processes run. */
  host: Host
  output: AppOutput
  /** Resolves when the app has ended; never rejects. */
  exited: Promise<Exit>
  /** Ends the app: SIGTERM, after five seconds SIGKILL, for all that belongs to it (its process group, or container). */
  stop(): Promise<Exit>
  /**
   * From now on the end of what `restored` comes to is the app's, as its first process ends with its image; null where it
   * was not restored. Null where it is no process of this machine.
   */
  handOver: ((restored: Promise<ChildProcess | null>) => void) | null
  /** Where one of its ports can be reached from here. */
  address(port: number): { host: string; port: number }
  /** A text for the app, in which the harness's own paths are those under which the app knows them. */
  inside(text: string): string
  /** Where its file system begins on that machine; null where it is the machine's own. */
  root: string | null
  /** Rejects where the release does not reach the app, or the code that configured the container waits in vain. */
  started: Promise<unknown>
}
