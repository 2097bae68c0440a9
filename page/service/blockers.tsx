import { useState } from 'preact/hooks'
import type { Service } from '../data/services'
import { Section } from '../parts/section'
import { BlockerCard } from './blocker-card'

/** So many are open at first; of more only the first one. */
const FEW = 3

/** The blockers of a service, each a card that opens. */
export function Blockers({ service, place }: { service: Service; place: string | null }) {
  const { accepted } = service
  // What a team knows already comes last.
  const blockers = service.answer.blockers.toSorted(
    (a, b) => Number(accepted.has(a)) - Number(accepted.has(b)),
  )
  const few = blockers.length <= FEW
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(few ? blockers.keys() : [0]))
  const all = open.size === blockers.length
  const toggle = (at: number): void => {
    const next = new Set(open)
    if (!next.delete(at)) next.add(at)
    setOpen(next)
  }
  return (
    <Section
      id="blockers"
      title="Blockers"
      count={blockers.length}
      aside={
        <button type="button" class="quiet" onClick={() => setOpen(new Set(all ? [] : blockers.keys()))}>
          {all ? 'Close all' : 'Open all'}
        </button>
      }
    >
      <div class="cards">
        {blockers.map((blocker, at) => (
          <BlockerCard
            key={blocker.id}
            service={service}
            blocker={blocker}
            open={open.has(at)}
            meant={place === blocker.id}
            onToggle={() => toggle(at)}
            onOpen={() => setOpen(new Set([...open, at]))}
          />
        ))}
      </div>
    </Section>
  )
}
