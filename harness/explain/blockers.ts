import { engineReasonOf, isWithoutCrac, said as textOf } from '../checkpoint/output/engine-reasons.js'
import { groupCauses, type Cause } from '../blockers/causes/causes.js'
import { plainSummaryOf } from '../blockers/causes/summaries.js'
import { unrepeated } from '../blockers/deduplicate.js'
import { idOf } from '../blockers/identity.js'
import { joinFindings } from '../blockers/join.js'
import { byOwnerLine, together } from '../blockers/one-line.js'
import { remedyOf } from '../blockers/remedies/remedies.js'
import type { Finding, FoundBlocker } from '../model/finding.js'
import { isLanguageName } from '../model/class-names.js'
import { append, groupBy } from '../model/lists.js'
import { formatFrame, type Frame } from '../model/report.js'
import { oneLine, someOf } from '../model/text.js'
import { contextsOf, creatorsOf, inContext, stackOfThread } from './context-advice.js'
import { adviceFor } from './engine-advice.js'
import { isOfApp } from './explained.js'
import type { Said } from './read-text.js'

/** A text may repeat one failure for days; so many findings are sorted, the others are like them. */
export const MOST_SORTED = 1000

/** What a text says as blockers without descriptors: causes as a check would name them, then the engine's failures. */
export function toBlockers({ findings, outcome, top }: Said, cracVersion: string | null): FoundBlocker[] {
  const sorted = findings.slice(0, MOST_SORTED)
  const ofEngine = sorted.filter((finding) => isOfEngine(finding, top))
  const others = sorted.filter((finding) => !isOfEngine(finding, top))
  const operation = outcome === 'restore-failed' ? 'restore' : 'checkpoint'
  return [
    ...causesOf(others, cracVersion),
    ...alike(ofEngine).map((group) => engineBlocker(group, operation)),
  ]
}

function causesOf(findings: Finding[], cracVersion: string | null): FoundBlocker[] {
  const causes = ofOneThread(groupCauses(joinFindings(unrepeated(findings), [])).flatMap(byThread))
  const told = (cause: Cause) => {
    const frame = firstOf(cause.joined.map(({ finding }) => finding))
    return { cause, frame, blocker: causeBlocker(cause, frame, causes, cracVersion) }
  }
  return byOwnerLine(causes.map(told)).map(([first, ...others]) =>
    others.length === 0
      ? first.blocker
      : told(together([first.cause, ...others.map(({ cause }) => cause)])).blocker,
  )
}

function causeBlocker(
  cause: Cause,
  frame: Frame | null,
  causes: Cause[],
  cracVersion: string | null,
): FoundBlocker {
  const threads = creatorsOf(cause)
  const known = { ...cause, stacks: [...cause.stacks, ...threads.map(stackOfThread)] }
  return {
    id: idOf(cause, frame),
    kind: cause.kind,
    summary: oneLine(plainSummaryOf(cause) + said(cause, threads)),
    findings: cause.joined.map(({ finding }) => finding),
    descriptors: [],
    // No jar is at hand to look into.
    owner: frame === null ? null : { frame: formatFrame(frame), artifact: null, jar: null },
    remedy: inContext(
      cause,
      remedyOf(known, cracVersion, { causes, frameworks: null, flags: null, ledger: [] }),
    ),
  }
}

/** Thousands of findings may have one stack. */
function firstOf(group: Finding[]): Frame | null {
  for (const stack of new Set(group.map(({ creationStack }) => creationStack))) {
    const frame = stack.find((each) => isOfApp(each) && !isLanguageName(each.class)) ?? stack.find(isOfApp)
    if (frame !== undefined) return frame
  }
  return null
}

/** What else the text tells of a cause: who made it, or why its policy failed. */
function said(cause: Cause, threads: string[]): string {
  const failure = contextsOf(cause).find(({ failedPolicy }) => failedPolicy !== undefined)
  const why = failure?.cause === undefined ? '' : ` (${failure.cause})`
  const policy = failure === undefined ? '' : `, policy ${failure.failedPolicy ?? ''} failed${why}`
  return `${threads.length === 0 ? '' : `, created by thread "${someOf(threads, 1)}"`}${policy}`
}

/** Where only the creating threads are known, they tell more apart than the port or the kind that they share. */
function byThread(cause: Cause): Cause[] {
  if (creatorsOf(cause).length < 2) return [cause]
  const groups = groupBy(cause.joined, ({ finding }) => finding.context?.creator ?? '')
  return [...groups.values()].map((joined) => ({ ...cause, joined }))
}

/** Where only the creating thread is known, what it made is one cause. */
function ofOneThread(causes: Cause[]): Cause[] {
  const groups = new Map<string, Cause>()
  return causes.filter((cause) => {
    const [thread, ...others] = creatorsOf(cause)
    if (thread === undefined || others.length > 0) return true
    const key = `${cause.kind} ${thread}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, cause)
    else append(known.joined, cause.joined)
    return known === undefined
  })
}

/** Lines of the JVM and of its engine, and the exceptions that stand for them; a line of the table is about a descriptor. */
function isOfEngine(finding: Finding, top: string | null): boolean {
  if (finding.resource === 'native') return finding.fd === null
  return top === null && isWithoutCrac(finding)
}

/**
 * A text that holds many attempts repeats what the engine says. Where a line names the reason, the lines that only say
 * that there was a failure are its consequence.
 */
function alike(findings: Finding[]): Finding[][] {
  const all = [...groupBy(findings, textOf).values()]
  const reasons = all.filter((group) => engineReasonOf(group) !== null)
  const [reason] = reasons
  if (reason === undefined || reasons.length > 1) return all
  return [[...reason, ...all.filter((group) => group !== reason).flat()]]
}

function engineBlocker(findings: Finding[], operation: 'checkpoint' | 'restore'): FoundBlocker {
  const { title, advice, source } = adviceFor(findings, operation)
  return {
    id: `engine:${operation}`,
    kind: 'other',
    summary: title,
    findings,
    descriptors: [],
    owner: null,
    remedy: { text: `${advice} See ${source}`, policy: null },
  }
}
