import { OutputParser, type CheckpointOutput, type Outcome } from './checkpoint/output.js'
import { isCracName, isHarnessName, isJdkName, isMadeByJdk } from './blockers/class-names.js'
import { formatFrame, type Finding, type Frame } from './report.js'

export { renderExplanation } from './explain/render.js'

/** What one file says: an object of `explain --json`. */
export interface Explanation {
  file: string
  /** Null where the text says nothing about a checkpoint or a restore. */
  outcome: Outcome | null
  top: string | null
  findings: ExplainedFinding[]
}

export interface ExplainedFinding {
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

export interface ExplainInput {
  name: string
  text: string | AsyncIterable<string | Uint8Array>
}

/** Reads output that a user already has, file by file, in pieces of any size. */
export async function explain(inputs: readonly ExplainInput[]): Promise<Explanation[]> {
  const explanations: Explanation[] = []
  for (const input of inputs) explanations.push(toExplanation(input.name, await read(input.text)))
  return explanations
}

async function read(text: ExplainInput['text']): Promise<CheckpointOutput> {
  const parser = new OutputParser()
  if (typeof text === 'string') parser.push(text)
  else for await (const piece of text) parser.push(piece)
  return parser.end()
}

function toExplanation(file: string, output: CheckpointOutput): Explanation {
  return { file, outcome: output.outcome, top: output.top, findings: output.findings.map(toExplainedFinding) }
}

function toExplainedFinding(finding: Finding): ExplainedFinding {
  const frame = finding.creationStack.find(isOfApp)
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
function isOfApp({ class: name }: Frame): boolean {
  return !isJdkName(name) && !isMadeByJdk(name) && !isCracName(name) && !isHarnessName(name)
}
