import { groupCauses } from '../blockers/causes/causes.js'
import { idOf } from '../blockers/identity.js'
import { joinFindings } from '../blockers/join.js'
import { remedyOf } from '../blockers/remedies/remedies.js'
import { unrepeated } from '../blockers/deduplicate.js'
import { plainSummaryOf } from '../blockers/causes/summaries.js'
import { parseFrame } from '../checkpoint/output/exceptions/frames.js'
import { toFinding as readFinding } from '../checkpoint/output/exceptions/messages.js'
import type { Finding } from '../model/finding.js'
import { formatFrame, type Frame } from '../model/report.js'
import type { Explanation } from './explain.js'
import { isOfApp, originOf } from './explained.js'
import { anyFailure, engineAdvice, withoutCrac } from './engine-advice.js'

/** One thing that a text tells about, with what to do: findings of one cause. */
export interface Matter {
  /** The same on every run: no number, address or time is in it. */
  id: string
  title: string
  findings: Finding[]
  /** The app's frame that the text itself blames. */
  frame: string | null
  remedy: string
  policy: string | null
  /** Whether it is about descriptors, whose creators a ledger knows. */
  aboutDescriptors: boolean
}

/** A text may repeat one failure for days; so many findings are sorted, the others are like them. */
export const MOST_SORTED = 1000

/** Sorts what was found into matters: causes as a check would name them, without its ledger, then the engine's failures. */
export function toMatters(explanation: Explanation, cracVersion: string | null = null): Matter[] {
  const findings = explanation.findings.slice(0, MOST_SORTED).map(toFinding)
  const ofEngine = findings.filter((finding) => isOfEngine(finding, explanation.top))
  const restoring = explanation.outcome === 'restore-failed'
  return [
    ...causesOf(
      findings.filter((finding) => !ofEngine.includes(finding)),
      cracVersion,
    ),
    ...alike(ofEngine).map((group) => engineMatter(group, restoring ? 'restore' : 'checkpoint')),
  ]
}

function causesOf(findings: Finding[], cracVersion: string | null): Matter[] {
  const causes = groupCauses(joinFindings(unrepeated(findings), []))
  return causes.map((cause) => {
    const group = cause.joined.map(({ finding }) => finding)
    const { text, policy } = remedyOf(cause, cracVersion, causes)
    const frame = group.flatMap(({ creationStack }) => creationStack).find(isOfApp)
    return {
      id: idOf(cause, frame ?? null),
      title: plainSummaryOf(cause),
      findings: group,
      frame: frame === undefined ? null : formatFrame(frame),
      remedy: text,
      policy,
      aboutDescriptors: group.some(
        ({ type, resource }) => resource !== 'other' || type?.startsWith('CheckpointOpen') === true,
      ),
    }
  })
}

/** Lines of the JVM and of its engine, and the exceptions that stand for them; a line of the table is about a descriptor. */
function isOfEngine(finding: Finding, top: string | null): boolean {
  if (finding.resource === 'native') return finding.fd === null
  return top === null && withoutCrac.test(toText(finding))
}

/** A text that holds many attempts repeats what the engine says. */
function alike(findings: Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const group = groups.get(toText(finding))
    if (group === undefined) groups.set(toText(finding), [finding])
    else group.push(finding)
  }
  return [...groups.values()]
}

function engineMatter(findings: Finding[], operation: 'checkpoint' | 'restore'): Matter {
  const { title, advice, source } =
    engineAdvice.find(({ text }) => findings.some((finding) => text.test(toText(finding)))) ??
    anyFailure[operation]
  return {
    id: `engine:${operation}`,
    title: title ?? anyFailure[operation].title,
    findings,
    frame: null,
    remedy: `${advice} See ${source}`,
    policy: null,
    aboutDescriptors: false,
  }
}

/** A finding as the text says it. */
export function toText({ type, message }: Finding): string {
  return type === null || message === '' ? (type ?? message) : `${type}: ${message}`
}

/** An explanation that was read from somewhere has one frame of a creation stack, which is the one that counts. */
function toFinding(explained: Explanation['findings'][number]): Finding {
  const origin = originOf(explained)
  if (origin !== undefined) return origin
  const { topCreationFrame, type, message, fd, resource, address } = explained
  return {
    ...readFinding(type, message),
    fd,
    resource,
    address,
    creationStack: topCreationFrame === null ? [] : [toFrame(topCreationFrame)],
  }
}

/** A frame without a place, `com.acme.Pool.open`, comes from a class without line numbers. */
function toFrame(text: string): Frame {
  const dot = Math.max(text.lastIndexOf('.'), 0)
  const bare = { class: text.slice(0, dot), method: text.slice(dot + 1), file: null, line: null }
  return parseFrame(`at ${text}`) ?? bare
}
