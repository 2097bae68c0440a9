import { useMemo } from 'preact/hooks'
import { count } from '../../harness/model/text'
import { compareAnswers, pairsOf } from '../../reports/diff/compare'
import { COMPARE, linkTo } from '../data/route'
import type { Service } from '../data/services'
import { Badge } from '../parts/badge'

/** Two runs of several services: each with what has become of it, and a link to its own comparison. */
export function Runs({ services, before }: { services: readonly Service[]; before: number }) {
  const rows = useMemo(() => rowsOf(services, before), [services, before])
  return (
    <main class="overview">
      <header class="overview-head">
        <h1>Compare {count(rows.length, 'service')}</h1>
        <p class="headline">{headline(rows)}</p>
      </header>
      <div class="table-frame" role="region" aria-label="Services before and after" tabIndex={0}>
        <table class="runs">
          <thead>
            <tr>
              {['service', 'before', 'after', 'new', 'gone', 'moved', 'as before'].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, link, before, after, numbers }) => (
              <tr key={link}>
                <th scope="row" class="col-service">
                  <a href={link}>{name}</a>
                </th>
                <td>
                  {before === null ? (
                    <span class="faint">not there</span>
                  ) : (
                    <Badge outcome={before.outcome} />
                  )}
                </td>
                <td>
                  {after === null ? <span class="faint">not there</span> : <Badge outcome={after.outcome} />}
                </td>
                {numbers.map((number, i) => (
                  <td key={i} class={`number sign ${number === 0 ? 'none' : (signs[i] ?? '')}`}>
                    {number}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </main>
  )
}

const signs = ['new', 'gone', 'moved']

interface RunsRow {
  name: string
  link: string
  before: Service | null
  after: Service | null
  /** New, gone, moved, as before. */
  numbers: [number, number, number, number]
}

/** What has new blockers comes first. */
function rowsOf(services: readonly Service[], before: number): RunsRow[] {
  const named = services.map((service, at) => ({ name: service.answer.name, service, at }))
  return pairsOf(named.slice(0, before), named.slice(before))
    .map(([one, other]): RunsRow => {
      const both = { before: one?.service ?? null, after: other?.service ?? null }
      const { name, service } = one ?? other
      if (one === null || other === null) {
        const blockers = service.answer.blockers.length
        const link = linkTo(service.slug)
        return { ...both, name, link, numbers: one === null ? [blockers, 0, 0, 0] : [0, blockers, 0, 0] }
      }
      const { added, gone, moved, same } = compareAnswers(one.service.answer, other.service.answer).blockers
      const link = linkTo(COMPARE, `${one.at}:${other.at}`)
      return { ...both, name, link, numbers: [added.length, gone.length, moved.length, same] }
    })
    .sort((a, b) => b.numbers[0] - a.numbers[0] || b.numbers[1] - a.numbers[1] || b.numbers[2] - a.numbers[2])
}

function headline(rows: readonly RunsRow[]): string {
  const sum = (at: 0 | 1 | 2 | 3): number => rows.reduce((all, { numbers }) => all + numbers[at], 0)
  return `${count(sum(0), 'blocker')} new, ${sum(1)} gone, ${sum(2)} moved, ${sum(3)} as before`
}
