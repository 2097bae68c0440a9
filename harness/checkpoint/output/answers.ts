import type { Finding } from '../../model/finding.js'
import { Tally, type Attempt, type Outcome } from './outcome.js'
import type { Sign } from './milestones.js'

/** What one request came to: a text may hold the answers of several JVMs, or of one that was asked again. */
export interface Answer {
  /** Whose it is, where the lines say so (a compose service, a pod); else empty. */
  source: string
  outcome: Outcome
  top: string | null
  findings: Finding[]
  /** How many more there were, for which there was no room. */
  unkept: number
}

/** Divides what one source says into its answers. */
export class Division {
  private tally = new Tally()
  private findings: Finding[] = []
  private top: string | null = null
  unkept = 0

  constructor(
    private readonly source: string,
    private readonly done: (answer: Answer) => void,
  ) {}

  found(finding: Finding): void {
    this.findings.push(finding)
  }

  lost(finding: Finding): void {
    const at = this.findings.lastIndexOf(finding)
    if (at >= 0) this.findings.splice(at, 1)
  }

  aggregate(type: string): void {
    this.top ??= type
  }

  sign(sign: Sign): void {
    this.tally.sign(sign)
  }

  /** A request is over; what came to nothing, or rests on jcmd's word alone, belongs to the next. */
  attempt(attempt: Attempt): void {
    this.tally.attempt(attempt)
    if (this.findings.length + this.unkept > 0 || !this.tally.isHearsay()) this.close()
  }

  close(): void {
    const outcome = this.tally.outcome()
    if (outcome === null) return
    const { source, top, findings, unkept } = this
    this.done({ source, outcome, top, findings, unkept })
    this.unkept = 0
    this.tally = new Tally()
    this.findings = []
    this.top = null
  }
}

/**
 * The answers of a text whose outcome is known. A `CR: Checkpoint ...` may stand far from the failure that it led to, so
 * that a success is one only where the whole text has both.
 */
export function consistent(answers: Answer[], outcome: Outcome | null): Answer[] {
  return outcome === 'mixed'
    ? answers
    : answers.filter((answer) => answer.findings.length > 0 || answer.outcome === outcome)
}
