import { OutputParser, type Outcome } from '../checkpoint/output/output.js'
import { toExplainedFinding, type ExplainedFinding } from './explained.js'
import { readable, type Pieces } from './encoding.js'
import type { Finding } from '../model/finding.js'

export type { ExplainedFinding } from './explained.js'
export { renderExplanation } from './render.js'
export { renderText } from './render-text.js'

/** What one file says: an object of `explain --json`. */
export interface Explanation {
  file: string
  /** Null where the text says nothing about a checkpoint or a restore. */
  outcome: Outcome | null
  top: string | null
  findings: ExplainedFinding[]
}

export interface ExplainInput {
  name: string
  text: string | Pieces
}

/** One request's own result, where a text holds several: an object of `explain --json --answers`. */
export interface AnswerExplanation extends Explanation {
  /** Counts from 1. */
  answer: number
  /** Who gave it, where the lines say so: a compose service, a pod. */
  source: string | null
}

/** What one text says, taken together and answer by answer. */
export interface ExplainedText {
  whole: Explanation
  answers: AnswerExplanation[]
}

/** Reads output that a user already has, file by file, in pieces of any size. */
export async function explain(inputs: readonly ExplainInput[]): Promise<Explanation[]> {
  return (await explainTexts(inputs)).map(({ whole }) => whole)
}

/** Like {@link explain}, with each answer of a text for itself. */
export async function explainTexts(inputs: readonly ExplainInput[]): Promise<ExplainedText[]> {
  const texts: ExplainedText[] = []
  for (const input of inputs) texts.push(await explainText(input))
  return texts
}

async function explainText({ name: file, text }: ExplainInput): Promise<ExplainedText> {
  const parser = new OutputParser()
  if (typeof text === 'string') parser.push(text)
  else for await (const piece of readable(text)) parser.push(piece)
  const { outcome, top, findings } = parser.end()
  const explained = new Map(findings.map((finding) => [finding, toExplainedFinding(finding)]))
  const explainedOf = (some: Finding[]) => some.flatMap((finding) => explained.get(finding) ?? [])
  return {
    whole: { file, outcome, top, findings: explainedOf(findings) },
    answers: parser.answers().map((answer, i) => ({
      file,
      answer: i + 1,
      source: answer.source === '' ? null : answer.source,
      outcome: answer.outcome,
      top: answer.top,
      findings: explainedOf(answer.findings),
    })),
  }
}
