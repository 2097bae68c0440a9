import { useEffect } from 'preact/hooks'
import { titleOf } from '../../reports/parts/sentences'
import { linkTo } from '../data/route'
import type { Service } from '../data/services'
import { Badge } from '../parts/badge'
import { Section } from '../parts/section'
import { useStages } from '../parts/stages'
import { Blockers } from './blockers'
import { Descriptors } from './descriptors'
import { Facts } from './facts'
import { GoneSection } from './gone'
import { FlameSection } from '../flame/flame'
import { RestoreSection } from '../restore/restore'
import { TimelineSection } from '../timeline/timeline'
import { Outcome, RunSection } from './run'

/** All that is known of one service. */
export function ServiceView({ service, place }: { service: Service; place: string | null }) {
  const { answer, outcome, slug } = service
  const { blockers, descriptors, known, run } = answer
  const gone = known !== null && known.gone.length + known.unmet.length > 0 ? known : null
  const restoration = run?.restoration ?? null
  const parts = [
    ...(blockers.length > 0 ? [{ id: 'blockers', title: 'Blockers' }] : []),
    ...(gone === null ? [] : [{ id: 'gone', title: 'Not there' }]),
    ...(restoration === null ? [] : [{ id: 'restore', title: 'Restore' }]),
    ...(descriptors.length > 0
      ? [
          { id: 'timeline', title: 'Timeline' },
          { id: 'flame', title: 'Flame graph' },
          { id: 'descriptors', title: 'Descriptors' },
        ]
      : []),
    { id: 'run', title: 'Run' },
  ]
  const later = [
    ...(descriptors.length > 0
      ? [
          <TimelineSection key="timeline" service={service} />,
          <FlameSection key="flame" service={service} />,
          <Descriptors key="descriptors" service={service} place={place} />,
        ]
      : []),
    <Section key="run" id="run" title="Run">
      <RunSection answer={answer} />
    </Section>,
  ]
  // What leads below the blockers waits for nothing.
  const stage = useStages(later.length, place !== null && !service.blockersById.has(place))
  useEffect(() => {
    const part = parts.find(({ id }) => id === place)
    if (part === undefined) return
    document.getElementById(part.id)?.scrollIntoView()
    document.getElementById(`${part.id}-title`)?.focus({ preventScroll: true })
  }, [place])
  return (
    <main class="service">
      <header class="service-head">
        <h1>
          <span>{answer.name}</span> <Badge outcome={outcome} />
        </h1>
        <p class="headline">{titleOf({ ...answer, name: '' }).replace(/^: | ?(?=\()/, '')}</p>
        {answer.note === null ? null : <p class="note">{answer.note}</p>}
      </header>
      <Facts service={service} />
      {run?.failure ? <Outcome failure={run.failure} /> : null}
      <nav class="parts" aria-label="Parts of this page">
        {parts.map(({ id, title }) => (
          <a key={id} href={linkTo(slug, id)} aria-current={id === place ? 'location' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {blockers.length > 0 ? <Blockers service={service} place={place} /> : null}
      {gone === null ? null : <GoneSection known={gone} />}
      {restoration === null ? null : <RestoreSection service={service} restoration={restoration} />}
      {later.slice(0, stage)}
    </main>
  )
}
