import type { Finding } from '../report.js'

/** One line of `-XX:+CRaCPrintResourcesOnCheckpoint`. */
export interface ResourceLine {
  fd: number
  type: string
  path: string
  /** `claimed by java code`, `inherited from process env`, `opened by application`, … */
  reason: string
  ok: boolean
}

export type Outcome = 'checkpoint-failed' | 'checkpoint-ok' | 'restore-failed' | 'restore-ok' | 'mixed'

export interface CheckpointOutput {
  /** Null where the text says nothing about a checkpoint or restore. */
  outcome: Outcome | null
  /** The aggregate exception's class, as printed. */
  top: string | null
  findings: Finding[]
  resources: ResourceLine[]
}

/** Reads what a CRaC JDK, its engine or the rehearsal printed. Never throws, whatever the text. */
export function parseOutput(_text: string): CheckpointOutput {
  throw new Error('being written')
}
