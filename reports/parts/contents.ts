import type { Blocker } from '../../harness/model/report.js'

/** From so many blockers on, an answer is longer than a screen. */
const LONG = 5

/** What a long answer begins with: a line for each blocker, with the line that opened it; none where it is short. */
export function contentsOf(blockers: readonly Pick<Blocker, 'summary' | 'owner'>[]): string[] {
  if (blockers.length < LONG) return []
  return blockers.map(
    ({ summary, owner }, i) =>
      `${String(i + 1).padStart(String(blockers.length).length)}. ${summary}${owner === null ? '' : ` ◀ ${owner.frame}`}`,
  )
}
