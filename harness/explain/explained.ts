import { isCracName, isHarnessName, isJdkName, isMadeByJdk } from '../model/class-names.js'
import type { Finding } from '../model/finding.js'
import { formatFrame, type Frame } from '../model/report.js'

/** A finding as `explain --json` shows it. */
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

/** What was explained, whole: the JDK's own frames in a creation stack decide about the remedy. */
const origins = new WeakMap<ExplainedFinding, Finding>()

/** The finding that was explained; undefined where the explanation was not made here. */
export function originOf(explained: ExplainedFinding): Finding | undefined {
  return origins.get(explained)
}

/** What the JSON keeps of a finding. */
export function toExplainedFinding(finding: Finding): ExplainedFinding {
  const frame = finding.creationStack.find(isOfApp)
  const explained: ExplainedFinding = {
    type: finding.type,
    message: finding.message,
    fd: finding.fd,
    resource: finding.resource,
    address: finding.address,
    creationStack: finding.creationStack.length > 0,
    topCreationFrame: frame === undefined ? null : formatFrame(frame),
  }
  origins.set(explained, finding)
  return explained
}

/** Whether somebody who is neither JDK nor harness wrote the frame's line; no jar is at hand to look into. */
export function isOfApp({ class: name }: Frame): boolean {
  return !isJdkName(name) && !isMadeByJdk(name) && !isCracName(name) && !isHarnessName(name)
}
