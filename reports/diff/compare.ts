/** What is different between two answers of one app: what any output of a comparison is a function of. */
import type { Answer, JudgedDescriptor } from '../../harness/model/answer.js'
import { addTo } from '../../harness/model/lists.js'
import type { Blocker, Verdict } from '../../harness/model/report.js'

export type Compared = Pick<Answer, 'name' | 'verdict' | 'blockers' | 'descriptors' | 'run'>

export interface Comparison {
  name: string
  /** Where the app is in one of both alone; null where it is in both. */
  only: 'before' | 'after' | null
  verdicts: { before: Verdict | null; after: Verdict | null }
  blockers: {
    added: Blocker[]
    gone: Blocker[]
    /** Of the same thing, by another line. */
    moved: { before: Blocker; after: Blocker }[]
    same: number
  }
  descriptors: { added: JudgedDescriptor[]; gone: JudgedDescriptor[]; same: number }
  times: { name: string; before: number | null; after: number | null }[]
}

/** Two runs of one app, whatever it was called; of several apps those that have one name. */
export function compareAll(before: readonly Compared[], after: readonly Compared[]): Comparison[] {
  return pairsOf(before, after).map(([one, other]) => {
    if (one === null) return { ...compareAnswers({ ...other, ...nothing }, other), only: 'after' }
    if (other === null) return { ...compareAnswers(one, { ...one, ...nothing }), only: 'before' }
    return compareAnswers(one, other)
  })
}

const nothing = { verdict: null, blockers: [], descriptors: [], run: null } as const

type Pair<T> = [before: T, after: T] | [before: T, after: null] | [before: null, after: T]

/** Which answers belong together; what is in one run alone comes last. */
export function pairsOf<T extends Pick<Compared, 'name'>>(
  before: readonly T[],
  after: readonly T[],
): Pair<T>[] {
  const [one] = before
  const [other] = after
  if (one !== undefined && other !== undefined && before.length === 1 && after.length === 1)
    return [[one, other]]
  const { added, gone, same } = paired(before, after, ({ name }) => name)
  return [
    ...same.map((pair): Pair<T> => [pair.before, pair.after]),
    ...added.map((each): Pair<T> => [null, each]),
    ...gone.map((each): Pair<T> => [each, null]),
  ]
}

export function compareAnswers(before: Compared, after: Compared): Comparison {
  const blockers = compareBlockers(before.blockers, after.blockers)
  const descriptors = paired(before.descriptors, after.descriptors, ({ kind, target }) => `${kind} ${target}`)
  return {
    name: after.name,
    only: null,
    verdicts: { before: before.verdict, after: after.verdict },
    blockers,
    descriptors: { added: descriptors.added, gone: descriptors.gone, same: descriptors.same.length },
    times: phases.map(([name, phase]) => ({
      name,
      before: timesOf(before)[phase],
      after: timesOf(after)[phase],
    })),
  }
}

interface Times {
  bootMs: number | null
  warmUpMs: number | null
  checkpointMs: number | null
  restoreMs: number | null
}

const phases: [name: string, phase: keyof Times][] = [
  ['boot', 'bootMs'],
  ['warm-up', 'warmUpMs'],
  ['checkpoint', 'checkpointMs'],
  ['restore', 'restoreMs'],
]

function timesOf({ run }: Compared): Times {
  const { bootMs = null, warmUpMs = null, checkpointMs = null } = run?.timing ?? {}
  return { bootMs, warmUpMs, checkpointMs, restoreMs: run?.restoration?.restoreMs ?? null }
}

/** A blocker is the same by its id; one that has another id and is of the same thing has moved to another owner. */
function compareBlockers(before: readonly Blocker[], after: readonly Blocker[]): Comparison['blockers'] {
  const byId = paired(before, after, ({ id }) => id)
  const byThing = paired(byId.gone, byId.added, ({ kind, summary }) => `${kind} ${summary}`)
  const otherLine = byId.same.filter(
    ({ before: one, after: other }) => one.owner?.frame !== other.owner?.frame,
  )
  return {
    added: byThing.added,
    gone: byThing.gone,
    moved: [...otherLine, ...byThing.same],
    same: byId.same.length - otherLine.length,
  }
}

interface Pairs<T> {
  added: T[]
  gone: T[]
  same: { before: T; after: T }[]
}

/** Pairs values that have the same key, each with one other at most. */
function paired<T>(before: readonly T[], after: readonly T[], key: (value: T) => string): Pairs<T> {
  const left = new Map<string, T[]>()
  for (const value of before) addTo(left, key(value), value)
  const pairs: Pairs<T> = { added: [], gone: [], same: [] }
  for (const value of after) {
    const other = left.get(key(value))?.shift()
    if (other === undefined) pairs.added.push(value)
    else pairs.same.push({ before: other, after: value })
  }
  pairs.gone = [...left.values()].flat()
  return pairs
}
