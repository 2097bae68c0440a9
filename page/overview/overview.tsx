import { useMemo, useState } from 'preact/hooks'
import { count } from '../../harness/model/text'
import { countBy, outcomeNames, outcomes, ownerName, type Service } from '../data/services'
import { COMPARE, linkTo } from '../data/route'
import { Bars } from './bars'
import { knowledgeOf, matching, noFilter, sorted, type Filter, type Order } from './filters'
import { ServiceTable } from './service-table'

/** All services of the page at a glance, and ways to fewer of them. */
export function Overview({ services }: { services: readonly Service[] }) {
  const [filter, setFilter] = useState<Filter>(noFilter)
  const [order, setOrder] = useState<Order>({ by: 'verdict', down: false })
  const shown = useMemo(() => sorted(matching(services, filter), order), [services, filter, order])
  const blockers = useMemo(() => services.flatMap(({ answer }) => answer.blockers), [services])
  const byKnowledge = useMemo(
    () =>
      countBy(
        services.flatMap((service) =>
          service.answer.blockers.map((blocker) => knowledgeOf(service, blocker)),
        ),
        (name) => name,
      ),
    [services],
  )
  const byOutcome = countBy(services, ({ outcome }) => outcome)
  const toggle = (key: keyof Filter, value: string): void =>
    setFilter({ ...filter, [key]: filter[key] === value ? null : value })
  const isFiltered = Object.values(filter).some((value) => value !== null)
  return (
    <main class="overview">
      <header class="overview-head">
        <h1>{count(services.length, 'service')}</h1>
        <p class="headline">{headline(byOutcome)}</p>
      </header>
      <div class="panels">
        <Bars
          title="Verdicts"
          rows={outcomes.flatMap((outcome) => {
            const [, number = 0] = byOutcome.find(([name]) => name === outcome) ?? []
            return number === 0
              ? []
              : [{ name: outcome, label: outcomeNames[outcome], count: number, tone: outcome }]
          })}
          chosen={filter.outcome}
          onChoose={(name) => toggle('outcome', name)}
        />
        <Bars
          title="Blockers by kind"
          rows={countBy(blockers, ({ kind }) => kind).map(([name, number]) => ({
            name,
            label: name,
            count: number,
          }))}
          chosen={filter.kind}
          onChoose={(name) => toggle('kind', name)}
        />
        <Bars
          title="Blockers by owner"
          rows={countBy(blockers, ownerName).map(([name, number]) => ({ name, label: name, count: number }))}
          chosen={filter.owner}
          onChoose={(name) => toggle('owner', name)}
        />
        {byKnowledge.some(([name]) => name === 'accepted') ? (
          <Bars
            title="Blockers by what is known"
            rows={byKnowledge.map(([name, number]) => ({
              name,
              label: name,
              count: number,
              tone: name === 'new' ? 'blocked' : 'accepted',
            }))}
            chosen={filter.known}
            onChoose={(name) => toggle('known', name)}
          />
        ) : null}
      </div>
      <div class="table-head">
        <p role="status">
          {isFiltered ? `${shown.length} of ${count(services.length, 'service')}` : 'All services'}
        </p>
        <a class="quiet" href={linkTo(COMPARE)}>
          Compare two
        </a>
        {isFiltered ? (
          <button type="button" class="quiet" onClick={() => setFilter(noFilter)}>
            Show all
          </button>
        ) : null}
      </div>
      <ServiceTable services={shown} order={order} onOrder={setOrder} />
    </main>
  )
}

function headline(byOutcome: [string, number][]): string {
  const told = outcomes.flatMap((outcome) => {
    const [, number = 0] = byOutcome.find(([name]) => name === outcome) ?? []
    return number === 0 ? [] : [`${number} ${outcomeNames[outcome].toLowerCase()}`]
  })
  return told.join(', ')
}
