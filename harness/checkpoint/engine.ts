import type { Finding } from '../model/finding.js'
import type { Passage } from './rehearsal/passage.js'
import type { Descriptor, Restore, Finding as ReportedFinding } from '../model/report.js'

/** How an engine judged one descriptor: its verdict, and the rule that decided, in a few words. */
export interface Judgement {
  verdict: Descriptor['verdict']
  rule: string
}

/** What an engine said about a checkpoint: the one result type of `crac` and `rehearsal`. */
export interface EngineAnswer {
  engine: 'crac' | 'rehearsal'
  /** Whose rules a rehearsal followed; null for a real CRaC JDK. */
  cracVersion: CracVersion | null
  /** Verbatim text, as `jcmd PID JDK.checkpoint` prints it. */
  output: string
  /** `passed`: nothing speaks against the checkpoint. `refused`: the findings do. */
  outcome: 'passed' | 'refused'
  findings: Finding[]
  /** By fd number; a descriptor that the engine did not mention is not in it. */
  judgements: Map<number, Judgement>
  durationMs: number
  /** What afterRestore threw: it refuses no checkpoint, but the restored app is a broken one. */
  afterRestore: ReportedFinding[]
  /** What the app's resources closed and opened again; null where the engine does not look. */
  restore: Restore | null
  /** Whether a listening socket is among what they opened again; left out where the engine does not look. */
  listensAgain?: boolean
  /** What the JVM saw on its way through an image; left out where there was none. */
  passage?: Passage | null
  /** What the reader must know to trust the answer, e.g. that the feature releases differ. */
  note: string | null
}

/** Generations of rules: `21.0.4` is mid 2024, `21` the current 21 line, `25` the default. */
export const cracVersions = ['21.0.4', '21', '25'] as const
export type CracVersion = (typeof cracVersions)[number]

/** Loads an agent library into the app over the attach protocol; `code` is the agent's own return code. */
export type LoadAgent = (library: string, options: string) => Promise<{ code: number; output: string }>

/** Sends one diagnostic command over the attach protocol. */
export type SendJcmd = (command: string) => Promise<{ code: number; output: string }>
