import type { Exit } from '../exit.js'

/** What an app has come back in from its image. */
export interface RestoredApp {
  /** Its first process, as its machine numbers it. */
  readonly pid: number
  /** Resolves when that has ended, and the app with it; never rejects. */
  exited: Promise<Exit>
  /** Whether it has. */
  readonly hasEnded: boolean
  /** Ends it at once, as a machine does that goes down: no shutdown hook runs. */
  kill(): Promise<void>
  /** To be called when the app is back: from then on the started app is what has come back. */
  arrived(): Promise<void>
  /** What the program itself has printed; the app may write on where it did before. */
  printed(): Promise<string>
}

/** A java that brings its app back by itself: as the app was started, but for the command. */
export interface Relaunch {
  command: string[]
  /** The app's own environment. */
  env: Record<string, string>
  cwd: string
}

/** How a program that was run beside the app ended. */
export interface Ended {
  failed: boolean
  isCanceled: boolean
  /** In words. */
  how: string
  stderr: string
}

/** What of the harness's is in a container that an image is made in. */
export interface Ours {
  /** The image that the container is of. */
  image: string
  /** Where it is known there, in folders of these names. */
  there: string
  folders: { here: string; name: string }[]
  /** The log that the app writes to, below `there`. */
  log: string
  capabilities: string[]
}

/** How an image is made of an app where it runs, and how it comes back: as a process of this machine, or in a container. */
export interface Remaking {
  /** CRIU there: its command, or null where it is this machine's; what it must be told for a dump, and in any case. */
  criu: { command: string[] | null; dump: string[]; always: string[] }
  /** What of ours is in a container, and in an image of it; null of a process. */
  ours: Ours | null
  /** Lets CRIU write to a folder of ours; the folder as CRIU knows it. */
  share(folder: string): Promise<string>
  /** Runs a program beside the app, which must not be ended by it. */
  run: (command: string[], signal: AbortSignal) => Promise<Ended>
  /** Ends what a dump has left. */
  leave(): Promise<void>
  /** Starts a program that brings the app back, and ends when that ends. */
  start(command: string[]): Promise<RestoredApp>
  /** The same of a java that does it by itself. */
  relaunch(java: Relaunch): Promise<RestoredApp>
  /** Resolves when the life ends that the app is in now, which may go on in another one; never rejects. */
  readonly lifeEnds: Promise<Exit>
  /**
   * From now on the end of what `restored` comes to is the app's, as its first process ends with its image; null where it
   * was not restored.
   */
  handOver(restored: Promise<RestoredApp | null>): void
}
