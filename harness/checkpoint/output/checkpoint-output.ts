import type { Finding } from '../../model/finding.js'
import type { Outcome } from './outcome.js'
import type { ResourceLine } from './resources.js'

/** What a text says of a checkpoint or a restore. */
export interface CheckpointOutput {
  /** Null where the text says nothing about a checkpoint or restore. */
  outcome: Outcome | null
  /** The aggregate exception's class, as printed. */
  top: string | null
  findings: Finding[]
  /** How many more there were, for which there was no room. */
  unkept: number
  resources: ResourceLine[]
}
