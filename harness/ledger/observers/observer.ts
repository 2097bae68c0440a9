/**
 * What all observers have in common. Each step gives the value on which alone the next one can be called, so that no step
 * is left out or taken too early: an `Observer` is attached, what is `Observing` is made quiet, and what is `Quiet` tells.
 */
import type { Host } from '../../host/host.js'
import type { Capture } from '../table/capture.js'
import type { TracerSnapshot } from '../records.js'
import type { ObserverName } from './combinations.js'
import type { PreloadReading } from './preload/match-preload.js'
import type { Sample } from './profiler/samples.js'

/** Loads an agent library into the app; `code` is what the agent returned. */
export type LoadLibrary = (library: string, options: string) => Promise<{ code: number; output: string }>

/** One way to learn who creates descriptors. Nothing of it runs yet. */
export interface Observer {
  readonly name: ObserverName
  /** What the app's JVM is to be started with; `preloaded` is what its LD_PRELOAD is by then. */
  launch(preloaded: string | undefined): LaunchNeeds
  /** What it loads into a JVM that runs already; null: nothing. */
  agent(): Agent | null
  /** Begins. A process that is held at its first instruction has been started with what `launch` says. */
  attach(app: ObservedProcess): Promise<Observing>
}

export interface LaunchNeeds {
  jvmOptions: string[]
  environment: Record<string, string>
  /** A file that the JVM inherits open, which a CRaC JDK would close. */
  inherited: string | null
}

export const noNeeds: LaunchNeeds = { jvmOptions: [], environment: {}, inherited: null }

/** A library that is loaded into the app, and what ends its work there. */
export interface Agent {
  library: string
  stop: string
}

export interface ObservedProcess {
  pid: number
  host: Host
  /** Loads agents; null of a process that is held at its first instruction, where nothing can be loaded. */
  load: LoadLibrary | null
  /** Whether the kernel is to ask each thread for its Java stack by a signal. */
  answersSignals: boolean
}

/** An observer at work. */
export interface Observing {
  /** What it knows of the live table now, where that must be asked while the table is read. Nothing is asked of the app. */
  snapshot(pid: number): Promise<TracerSnapshot | null>
  /** From here on it holds nothing in the app. */
  quiet(load: LoadLibrary): Promise<Quiet>
  /** The same of a JVM that is held at its end and can't be asked any more. */
  ended(ownPid: number): Quiet
  /** Frees everything; safe to call twice, and at any time. */
  stop(): Promise<void>
}

/** An observer that holds nothing in the app. */
export interface Quiet {
  /** What it knows of a table that was captured, before it was quiet or after. */
  collect(captured: Capture): Promise<Observation>
}

interface Common {
  by: ObserverName
  /** What is to be said of how it came about. */
  notes: (string | null)[]
}

/**
 * What one observer knows of one live table; null where it has lost it, and the notes say why. The kernel's kind tells what
 * exists and which thread made it, the profiler's what threads were doing when they were asked, the library's both.
 */
export type Observation = Common &
  (
    | { tells: 'records'; found: TracerSnapshot | null }
    | { tells: 'records and stacks'; found: PreloadReading | null }
    | { tells: 'stacks'; found: Sample[] }
  )
