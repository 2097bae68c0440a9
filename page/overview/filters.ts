/** Which services the overview shows, and in which order. */
import { ownerName, type Outcome, type Service } from '../data/services'

export interface Filter {
  outcome: Outcome | null
  kind: string | null
  owner: string | null
}

export const noFilter: Filter = { outcome: null, kind: null, owner: null }

export const columns = ['service', 'verdict', 'blockers', 'boot', 'restore', 'evidence'] as const
type Column = (typeof columns)[number]

export interface Order {
  by: Column
  down: boolean
}

export function matching(services: readonly Service[], { outcome, kind, owner }: Filter): Service[] {
  return services.filter(
    (service) =>
      (outcome === null || service.outcome === outcome) &&
      (kind === null || service.answer.blockers.some((blocker) => blocker.kind === kind)) &&
      (owner === null || service.answer.blockers.some((blocker) => ownerName(blocker) === owner)),
  )
}

/** What is worst comes first. */
const gravity: Record<Outcome, number> = { blocked: 0, failed: 1, none: 2, checkpointable: 3 }
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
