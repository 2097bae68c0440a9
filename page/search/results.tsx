import { useMemo } from 'preact/hooks'
import { groupBy } from '../../harness/model/lists'
import { count } from '../../harness/model/text'
import { linkTo } from '../data/route'
import type { Service } from '../data/services'
import { Badge } from '../parts/badge'
import { Marked } from '../parts/text'
import { search, type Hit } from './search'

const LONG = 160

/** What was found, by service. */
export function Results(props: { services: readonly Service[]; query: string; onLeave: () => void }) {
  const { services, query, onLeave } = props
  const found = useMemo(() => search(services, query), [services, query])
  const byService = groupBy(found.hits, ({ service }) => service)
  return (
    <main class="results">
      <div role="status">
        <h1>
          {count(found.count, 'match', 'matches')} for “{query.trim()}”
        </h1>
      </div>
      {found.hits.length < found.count ? <p class="faint">The first {found.hits.length} are shown.</p> : null}
      {[...byService].map(([service, hits]) => (
        <section key={service.slug} aria-label={service.slug}>
          <h2>
            <a href={linkTo(service.slug)} onClick={onLeave}>
              {service.slug}
            </a>{' '}
            <Badge outcome={service.outcome} />
          </h2>
          <ul class="hits">
            {hits
              .filter(({ kind }) => kind !== 'service')
              .map((hit) => (
                <HitRow key={`${hit.kind} ${hit.place ?? ''}`} hit={hit} query={query} onLeave={onLeave} />
              ))}
          </ul>
        </section>
      ))}
      {found.count === 0 ? (
        <p class="empty">
          Nothing has all of these words: paths, classes, jars, ports, threads and ids were searched.
        </p>
      ) : null}
    </main>
  )
}

function HitRow({ hit, query, onLeave }: { hit: Hit; query: string; onLeave: () => void }) {
  const { kind, title, place, why, service } = hit
  return (
    <li>
      <a class="hit" href={linkTo(service.slug, place)} onClick={onLeave}>
        <span class="hit-kind">{kind}</span>
        <span class="hit-title">
          <Marked text={title} query={query} />
        </span>
        {why === null ? null : (
          <span class="hit-why">
            {why.label}: <Marked text={around(why.text, query)} query={query} />
          </span>
        )}
      </a>
    </li>
  )
}

/** The line of a long text that has the first word. */
function around(text: string, query: string): string {
  const [word = ''] = query.trim().toLowerCase().split(/\s+/)
  const line = text.split('\n').find((each) => each.toLowerCase().includes(word)) ?? text
  if (line.length <= LONG) return line
  const at = Math.max(0, line.toLowerCase().indexOf(word) - LONG / 2)
  return `${at > 0 ? '…' : ''}${line.slice(at, at + LONG)}…`
}
