import type { Report } from '../../../../harness/model/report.js'
import type { PeerName } from '../peers/peers.js'

/** A program of `test/fixtures/remedies`, and how it is run: as it is, and with its remedy followed. */
export interface Program {
  /** Its class. */
  name: string
  /** Its Maven module, and the package in it. */
  at: `${string}/${string}`
  /** What is different in this run of it, where it has several. */
  variant?: string
  /** Who it talks to; its port is the program's second argument. */
  peer?: PeerName
  /** The rules that judge it; those of 25 unless given. */
  cracVersion?: '21.0.4' | '21'
  /** The feature release of the JDK that runs it; the oldest unless given. */
  jdk?: 21 | 25
  /** Whether anybody watches who opens what; `preload` unless given. */
  trace?: 'none'
  /** Whose answer is followed: that of the check, or that of `explain` about what the engine printed. */
  reader?: 'explain'
  /** A jar that the remedy adds to the class path. */
  lacks?: string
  /** JVM options; `{folder}` is the program's working folder. */
  options?: readonly string[]
  /** Where its working folder is, in a folder of the run's own. */
  in?: string
  /** Files in its working folder. */
  files?: Record<string, string>
  /** What the remedy changes, where that is not the program's code: all its options, or files. */
  follows?: {
    /** Its code as well, which is `followed` only without `follows` unless said. */
    mode?: 'followed'
    options?: readonly string[] | ((refused: Report) => string[])
    files?: Record<string, string>
  }
  /** Part of `npm test`; all others run with `npm run test:remedies`. */
  everyTime?: true
}

/** By what a remedy names the run that proves it. */
export const idOf = ({ name, variant }: Program): string =>
  variant === undefined ? name : `${name}, ${variant}`
