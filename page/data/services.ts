/** The answers as the page names them. */
import { isAsKnown, newBlockers, type JudgedDescriptor } from '../../harness/model/answer'
import type { Blocker, Verdict } from '../../harness/model/report'
import { groupBy } from '../../harness/model/lists'
import { evidenceWord } from '../../reports/parts/sentences'
import type { PageAnswer, PageData } from '../../reports/html/page-data'

/** `accepted`: blocked by nothing but what a team knows. */
export type Outcome = Verdict | 'accepted' | 'none'

/** One answer with the name that links to it have. */
export interface Service {
  /** Its name in links: no two of a page have the same. */
  slug: string
  answer: PageAnswer
  outcome: Outcome
  /** How complete its ledger is, in one word; null where nothing could be observed. */
  evidence: ReturnType<typeof evidenceWord> | null
  blockersById: ReadonlyMap<string, Blocker>
  /** Those of its blockers that fail no check. */
  accepted: ReadonlySet<Blocker>
  /** The numbers that no other blocker names. */
  acceptedFds: ReadonlySet<number>
}

/** How a descriptor was judged, as the page words it; null where it was not. */
export function verdictOf({ acceptedFds }: Service, { fd, verdict }: JudgedDescriptor): string | null {
  return verdict === 'blocked' && acceptedFds.has(fd) ? 'accepted' : (verdict ?? null)
}

export function toServices({ answers, compare }: PageData): Service[] {
  const taken = new Map<string, number>()
  return answers.map((answer, at) => {
    const run = compare === null ? '' : at < compare.before ? 'before:' : 'after:'
    const name = `${run}${answer.name}`
    const before = taken.get(name) ?? 0
    taken.set(name, before + 1)
    const fresh = new Set(newBlockers(answer))
    const known = answer.blockers.filter((blocker) => !fresh.has(blocker))
    const held = new Set([...fresh].flatMap(({ descriptors }) => descriptors))
    return {
      slug: before === 0 ? name : `${name}~${before + 1}`,
      answer,
      outcome: outcomeOf(answer),
      evidence: answer.evidence === null ? null : evidenceWord(answer.evidence),
      blockersById: new Map(answer.blockers.map((blocker) => [blocker.id, blocker])),
      accepted: new Set(known),
      acceptedFds: new Set(known.flatMap(({ descriptors }) => descriptors).filter((fd) => !held.has(fd))),
    }
  })
}

function outcomeOf(answer: PageAnswer): Outcome {
  if (answer.verdict === 'blocked' && isAsKnown(answer)) return 'accepted'
  return answer.verdict ?? 'none'
}

/** What people call each outcome; colour never says it alone. */
export const outcomeNames: Record<Outcome, string> = {
  blocked: 'Blocked',
  failed: 'Failed',
  accepted: 'Accepted',
  checkpointable: 'Checkpointable',
  none: 'No verdict',
}

export const outcomes = Object.keys(outcomeNames) as Outcome[]

/** Whose code holds it, as far as a jar or a class says. */
export function ownerName({ owner }: Pick<Blocker, 'owner'>): string {
  if (owner === null) return 'not known'
  return owner.jar ?? owner.artifact ?? libraryOf(owner.frame)
}

/** `org.h2.store` of `org.h2.store.fs.disk.FilePathDisk.open(FilePathDisk.java:342)`. */
export function libraryOf(frame: string): string {
  const [path = ''] = frame.split('(', 1)
  return path.split('.').slice(0, 3).join('.')
}

/** How often each name comes, the most frequent first. */
export function countBy<T>(values: Iterable<T>, key: (value: T) => string): [name: string, count: number][] {
  return [...groupBy(values, key)]
    .map(([name, list]): [string, number] => [name, list.length])
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}
