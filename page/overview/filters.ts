/** Which services the overview shows, and in which order. */
import type { Blocker } from '../../harness/model/report'
import { ownerName, type Outcome, type Service } from '../data/services'

export interface Filter {
  outcome: Outcome | null
  kind: string | null
  owner: string | null
  /** Which blockers it is about, by whether a team knows them. */
  known: Knowledge | null
}

export type Knowledge = 'new' | 'accepted'

export const noFilter: Filter = { outcome: null, kind: null, owner: null, known: null }

export const columns = ['service', 'verdict', 'blockers', 'boot', 'restore', 'evidence'] as const
type Column = (typeof columns)[number]

export interface Order {
  by: Column
  down: boolean
}

/** Services that have the outcome, and a blocker that is all that is asked for. */
export function matching(services: readonly Service[], { outcome, kind, owner, known }: Filter): Service[] {
  const isMeant = (service: Service, blocker: Blocker): boolean =>
    (kind === null || blocker.kind === kind) &&
    (owner === null || ownerName(blocker) === owner) &&
    (known === null || knowledgeOf(service, blocker) === known)
  const anyBlocker = kind === null && owner === null && known === null
  return services.filter(
    (service) =>
      (outcome === null || service.outcome === outcome) &&
      (anyBlocker || service.answer.blockers.some((blocker) => isMeant(service, blocker))),
  )
}

export const knowledgeOf = ({ accepted }: Service, blocker: Blocker): Knowledge =>
  accepted.has(blocker) ? 'accepted' : 'new'

/** What is worst comes first. */
const gravity: Record<Outcome, number> = { blocked: 0, failed: 1, none: 2, accepted: 3, checkpointable: 4 }
const doubt = { lost: 0, none: 1, partial: 2, complete: 3 } as const

const keys: Record<Column, (service: Service) => number | string> = {
  service: ({ answer }) => answer.name.toLowerCase(),
  verdict: ({ outcome }) => gravity[outcome],
  blockers: ({ answer }) => answer.blockers.length,
  boot: ({ answer }) => answer.run?.timing.bootMs ?? -1,
  restore: ({ answer }) => answer.run?.restoration?.restoreMs ?? -1,
  evidence: ({ evidence }) => (evidence === null ? 4 : doubt[evidence]),
}

export function sorted(services: readonly Service[], { by, down }: Order): Service[] {
  const key = keys[by]
  return services.toSorted((a, b) => {
    const [one, other] = [key(a), key(b)]
    const order = one < other ? -1 : one > other ? 1 : 0
    return down ? -order : order
  })
}
