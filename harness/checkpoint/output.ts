import type { Finding } from '../report.js'
import { LineSplitter, unfold } from './output/lines.js'
import type { Outcome } from './output/outcome.js'
import { AnswerReader } from './output/answer.js'
import type { ResourceLine } from './output/resources.js'

export type { Outcome } from './output/outcome.js'
export type { ResourceLine } from './output/resources.js'

export interface CheckpointOutput {
  /** Null where the text says nothing about a checkpoint or restore. */
  outcome: Outcome | null
  /** The aggregate exception's class, as printed. */
  top: string | null
  findings: Finding[]
  resources: ResourceLine[]
}

/** Reads output as it arrives, in pieces of any size; keeps what it found and nothing else. */
export class OutputParser {
  private readonly answers = new AnswerReader()
  private readonly lines = new LineSplitter((line) => this.line(line))

  /** Takes the next piece of text, wherever it was cut. */
  push(piece: string): void {
    this.lines.push(piece)
  }

  end(): CheckpointOutput {
    this.lines.end()
    return this.answers.end()
  }

  private line(line: string): void {
    if (!this.answers.wants(line)) return
    const parts = unfold(line)
    for (const part of parts) if (parts.length === 1 || this.answers.wants(part)) this.answers.read(part)
  }
}

/** Reads what a CRaC JDK, its engine or the rehearsal printed. Never throws, whatever the text. */
export function parseOutput(text: string): CheckpointOutput {
  const parser = new OutputParser()
  parser.push(text)
  return parser.end()
}
