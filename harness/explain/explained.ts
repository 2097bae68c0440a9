import type { Outcome } from '../checkpoint/output/output.js'
import { isCracName, isHarnessName, isJdkName, isMadeByJdk } from '../model/class-names.js'
import type { Finding } from '../model/finding.js'
import { once } from '../model/lists.js'
import { formatFrame, type Frame } from '../model/report.js'
import type { ReadText, Said } from './read-text.js'

/** What one file says: an object of `explain --json`. */
export interface Explanation {
  file: string
  /** Null where the text says nothing about a checkpoint or a restore. */
  outcome: Outcome | null
  top: string | null
  findings: ExplainedFinding[]
}

/** One request's own result, where a text holds several: an object of `explain --json --answers`. */
export interface AnswerExplanation extends Explanation {
  /** Counts from 1. */
  answer: number
  /** Who gave it, where the lines say so: a compose service, a pod. */
  source: string | null
}

/** A finding as `explain --json` shows it. */
interface ExplainedFinding {
  type: string | null
  message: string
  fd: number | null
  resource: Finding['resource']
  address: Finding['address']
  /** Whether the text itself shows who opened the descriptor. */
  creationStack: boolean
  /** The first frame of that stack that is not the JDK's: the line to change. */
  topCreationFrame: string | null
}

/** A text for programs, as a whole and answer by answer. */
export function toExplanations({ file, whole, answers }: ReadText): {
  whole: Explanation
  answers: AnswerExplanation[]
} {
  return {
    whole: { file, ...saidOf(whole) },
    answers: answers.map((answer, i) => ({
      file,
      answer: i + 1,
      source: answer.source === '' ? null : answer.source,
      ...saidOf(answer),
    })),
  }
}

function saidOf({ outcome, top, findings }: Said): Omit<Explanation, 'file'> {
  return { outcome, top, findings: findings.map(toExplainedFinding) }
}

function toExplainedFinding(finding: Finding): ExplainedFinding {
  const frame = topOf(finding.creationStack)
  return {
    type: finding.type,
    message: finding.message,
    fd: finding.fd,
    resource: finding.resource,
    address: finding.address,
    creationStack: finding.creationStack.length > 0,
    topCreationFrame: frame === undefined ? null : formatFrame(frame),
  }
}

/** Whether somebody who is neither JDK nor harness wrote the frame's line; no jar is at hand to look into. */
export const isOfApp = once(
  ({ class: name }: Frame): boolean =>
    !isJdkName(name) && !isMadeByJdk(name) && !isCracName(name) && !isHarnessName(name),
)

/** Many findings have one stack. */
const topOf = once((stack: Frame[]) => stack.find(isOfApp))
