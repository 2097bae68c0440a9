import { OutputParser } from '../checkpoint/output/output.js'
import type { ExplainedText } from '../model/answer.js'
import type { FoundBlocker } from '../model/finding.js'
import { toBlockers } from './blockers.js'
import { hasFailed, toExplainedText } from './answers.js'
import { readable, type Pieces } from './encoding.js'
import { toExplanations, type Explanation } from './explained.js'
import type { ReadText } from './read-text.js'

export type { Explanation } from './explained.js'

export interface ExplainInput {
  name: string
  text: string | Pieces
}

/** What one text says: for programs as a whole and answer by answer, and for every output. */
export interface Explained extends ReturnType<typeof toExplanations> {
  text: ExplainedText
  /** What the text says as a whole: rules of policies are for all answers of an app. */
  blockers: FoundBlocker[]
  /** Whether anything in it speaks against the checkpoint or the restore. */
  failed: boolean
  /** How many findings there were beyond those that are listed. */
  unkept: number
}

/** Reads output that a user already has, file by file, in pieces of any size. */
export async function explain(inputs: readonly ExplainInput[]): Promise<Explanation[]> {
  return (await explainTexts(inputs)).map(({ whole }) => whole)
}

/** Like {@link explain}, with what to do, by the rules of a generation of CRaC where it is known. */
export async function explainTexts(
  inputs: readonly ExplainInput[],
  cracVersion: string | null = null,
): Promise<Explained[]> {
  const texts: Explained[] = []
  for (const input of inputs) {
    const read = await readText(input)
    texts.push({
      ...toExplanations(read),
      text: toExplainedText(read, cracVersion),
      blockers: toBlockers(read.whole, cracVersion),
      failed: hasFailed(read.whole),
      unkept: read.whole.unkept,
    })
  }
  return texts
}

async function readText({ name: file, text }: ExplainInput): Promise<ReadText> {
  const parser = new OutputParser()
  if (typeof text === 'string') parser.push(text)
  else for await (const piece of readable(text)) parser.push(piece)
  const whole = parser.end()
  return { file, whole, answers: parser.answers() }
}
