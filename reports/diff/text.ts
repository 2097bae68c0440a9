import type { Blocker } from '../../harness/model/report.js'
import { count, duration } from '../../harness/model/text.js'
import { notACommand, printable } from '../parts/escape.js'
import { ownerSentence } from '../parts/sentences.js'
import type { Comparison } from './compare.js'

const SHOWN = 10

/** A comparison for people: what is new comes first, and of descriptors only some. */
export function renderComparison(comparison: Comparison): string {
  const { name, only, verdicts, blockers, descriptors, times } = comparison
  const { added, gone, moved, same } = blockers
  const lines = [
    `${name}: ${only === 'after' ? 'not there' : wordOf(verdicts.before)} → ${only === 'before' ? 'not there' : wordOf(verdicts.after)}`,
    `blockers: ${added.length} new, ${gone.length} gone, ${moved.length} moved, ${same} as before`,
    ...added.map((blocker) => `  + ${told(blocker)}`),
    ...gone.map((blocker) => `  - ${told(blocker)}`),
    ...moved.flatMap(({ before, after }) => [
      `  ~ ${after.summary} [${after.kind}]`,
      `      from ${ownerSentence(before) ?? 'an unknown owner'}`,
      `      to   ${ownerSentence(after) ?? 'an unknown owner'}`,
    ]),
    `descriptors: ${descriptors.added.length} new, ${descriptors.gone.length} gone, ${descriptors.same} as before`,
    ...someOf('+', descriptors.added),
    ...someOf('-', descriptors.gone),
    ...times.flatMap(({ name: phase, before, after }) =>
      before === null || after === null
        ? []
        : [`${phase}: ${duration(before)} → ${duration(after)} (${changeOf(before, after)})`],
    ),
  ]
  return notACommand(lines.map((line) => `${printable(line)}\n`).join(''))
}

const wordOf = (verdict: Comparison['verdicts']['before']): string => verdict ?? 'no verdict'

const told = (blocker: Blocker): string =>
  `${blocker.summary} [${blocker.kind}] ${ownerSentence(blocker) ?? 'owner not known'}`

function someOf(sign: string, descriptors: Comparison['descriptors']['added']): string[] {
  const shown = descriptors.slice(0, SHOWN).map(({ kind, target }) => `  ${sign} ${target} [${kind}]`)
  const more = descriptors.length - shown.length
  return more > 0 ? [...shown, `  ${sign} ${count(more, 'more', 'more')}`] : shown
}

/** `+12 %`, `-3 %`, `as before` */
export function changeOf(before: number, after: number): string {
  const percent = Math.round((after / Math.max(1, before) - 1) * 100)
  return percent === 0 ? 'as before' : `${percent > 0 ? '+' : ''}${percent} %`
}
