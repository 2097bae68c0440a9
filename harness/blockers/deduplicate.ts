import type { Finding } from '../model/finding.js'
import { groupBy, largest } from '../model/lists.js'

/**
 * Findings that the text holds more than once because it was printed more than once (to jcmd and to the log, say).
 * What names one descriptor or object can only be found once; the rest is divided by as often as all of that repeats.
 */
export function unrepeated(findings: Finding[]): Finding[] {
  const groups = groupBy(findings, ({ type, message, fd }) => JSON.stringify([type, message, fd]))
  const all = [...groups.values()]
  const unique = all.filter(([first]) => first && isUnique(first))
  const repeats = -largest(unique.map((group) => -group.length))
  const isRepeated = Number.isFinite(repeats) && all.every((group) => group.length % repeats === 0)
  return all.flatMap((group) => {
    const first = group[0]
    const copies = first && isUnique(first) ? 1 : isRepeated ? group.length / repeats : group.length
    // A copy with a creation stack says more than one without.
    const best = [...group].sort((a, b) => b.creationStack.length - a.creationStack.length)
    return best.slice(0, copies)
  })
}

/** It carries a number or an identity that one answer of one JVM holds only once. */
const isUnique = ({ fd, subject }: Finding): boolean => fd !== null || subject.once
