import { groupCauses } from '../blockers/causes/causes.js'
import { plainSummaryOf } from '../blockers/causes/summaries.js'
import { unrepeated } from '../blockers/deduplicate.js'
import { idOf } from '../blockers/identity.js'
import { joinFindings } from '../blockers/join.js'
import { remedyOf } from '../blockers/remedies/remedies.js'
import type { Finding, FoundBlocker } from '../model/finding.js'
import { formatFrame } from '../model/report.js'
import { anyFailure, engineAdvice, withoutCrac } from './engine-advice.js'
import { isOfApp } from './explained.js'
import type { Said } from './read-text.js'

/** A text may repeat one failure for days; so many findings are sorted, the others are like them. */
export const MOST_SORTED = 1000

/** What a text says as blockers without descriptors: causes as a check would name them, then the engine's failures. */
export function toBlockers({ findings, outcome, top }: Said, cracVersion: string | null): FoundBlocker[] {
  const sorted = findings.slice(0, MOST_SORTED)
  const ofEngine = sorted.filter((finding) => isOfEngine(finding, top))
  const operation = outcome === 'restore-failed' ? 'restore' : 'checkpoint'
  return [
    ...causesOf(
      sorted.filter((finding) => !ofEngine.includes(finding)),
      cracVersion,
    ),
    ...alike(ofEngine).map((group) => engineBlocker(group, operation)),
  ]
}

function causesOf(findings: Finding[], cracVersion: string | null): FoundBlocker[] {
  const causes = groupCauses(joinFindings(unrepeated(findings), []))
  return causes.map((cause) => {
    const group = cause.joined.map(({ finding }) => finding)
    const frame = group.flatMap(({ creationStack }) => creationStack).find(isOfApp) ?? null
    return {
      id: idOf(cause, frame),
      kind: cause.kind,
      summary: plainSummaryOf(cause),
      findings: group,
      descriptors: [],
      // No jar is at hand to look into.
      owner: frame === null ? null : { frame: formatFrame(frame), artifact: null, jar: null },
      remedy: remedyOf(cause, cracVersion, causes),
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

function engineBlocker(findings: Finding[], operation: 'checkpoint' | 'restore'): FoundBlocker {
  const { title, advice, source } =
    engineAdvice.find(({ text }) => findings.some((finding) => text.test(toText(finding)))) ??
    anyFailure[operation]
  return {
    id: `engine:${operation}`,
    kind: 'other',
    summary: title ?? anyFailure[operation].title,
    findings,
    descriptors: [],
    owner: null,
    remedy: { text: `${advice} See ${source}`, policy: null },
  }
}

/** A finding as the text says it. */
function toText({ type, message }: Finding): string {
  return type === null || message === '' ? (type ?? message) : `${type}: ${message}`
}
