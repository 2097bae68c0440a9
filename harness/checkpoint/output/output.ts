import { AnswerReader, isHead } from './answer.js'
import type { Answer } from './answers.js'
import { LineSplitter } from './lines/lines.js'
import type { CheckpointOutput } from './checkpoint-output.js'
import { unfold } from './lines/unfold.js'

export type { CheckpointOutput } from './checkpoint-output.js'
export type { Answer } from './answers.js'
export type { Outcome } from './outcome.js'
export type { ResourceLine } from './resources.js'

/** Reads output as it arrives, in pieces of any size; keeps what it found and nothing else. */
export class OutputParser {
  private readonly reader = new AnswerReader()
  private readonly lines = new LineSplitter(
    {
      attention: () => this.reader.attention,
      line: (line, wanted) => this.line(line, wanted),
      skip: (lines) => this.reader.skip(lines),
    },
    isHead,
  )

  /** Takes the next piece, wherever it was cut; all pieces of one text are bytes in UTF-8, or none. */
  push(piece: string | Uint8Array): void {
    this.lines.push(piece)
  }

  end(): CheckpointOutput {
    this.lines.end()
    return this.reader.end()
  }

  /** Each request's own result, when the text has ended. */
  answers(): Answer[] {
    return this.reader.answers
  }

  private line(line: string, wanted: boolean): void {
    const parts = wanted || this.reader.wants(line) ? unfold(line) : []
    if (parts.length === 0) this.reader.skip(1)
    for (const part of parts)
      if (parts.length === 1 || this.reader.wants(part)) this.reader.read(part)
      else this.reader.skip(1)
  }
}

/** Reads what a CRaC JDK, its engine or the rehearsal printed. Never throws, whatever the text. */
export function parseOutput(text: string): CheckpointOutput {
  const parser = new OutputParser()
  parser.push(text)
  return parser.end()
}
