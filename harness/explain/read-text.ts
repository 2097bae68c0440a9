import type { Answer as DividedAnswer, Outcome } from '../checkpoint/output/output.js'
import type { Finding } from '../model/finding.js'

/** What a text, or one of its answers, says. */
export interface Said {
  /** Null where it says nothing about a checkpoint or a restore. */
  outcome: Outcome | null
  top: string | null
  findings: Finding[]
  /** How many more there were, for which there was no room. */
  unkept: number
}

/** A file as it was read. */
export interface ReadText {
  file: string
  whole: Said
  /** Each request's own result. */
  answers: DividedAnswer[]
}
