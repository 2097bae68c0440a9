import type { Host } from '../host/host.js'
import type { Exit } from './exit.js'
import type { AppOutput } from './output.js'
import type { Remaking } from './remaking/remaking.js'

export type { Exit }

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
  /** How an image can be made of it, and how it comes back from that; a sentence where it can't. */
  remaking: Remaking | string
  /** Where one of its ports can be reached from here. */
  address(port: number): { host: string; port: number }
  /** A text for the app, in which the harness's own paths are those under which the app knows them. */
  inside(text: string): string
  /** Where its file system begins on that machine; null where it is the machine's own. */
  root: string | null
  /** Rejects where the release does not reach the app, or the code that configured the container waits in vain. */
  started: Promise<unknown>
}
