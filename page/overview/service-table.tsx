import { duration } from '../../harness/model/text'
import { countBy, ownerName, type Service } from '../data/services'
import { linkTo } from '../data/route'
import { Badge, EvidenceWord } from '../parts/badge'
import { columns, type Order } from './filters'

const SHOWN_OWNERS = 2

/** The services as rows that can be put in order by each column. */
export function ServiceTable(props: {
  services: readonly Service[]
  order: Order
  onOrder: (order: Order) => void
}) {
  const { services, order, onOrder } = props
  return (
    <div class="table-frame" role="region" aria-label="Services" tabIndex={0}>
      <table class="services">
        <thead>
          <tr>
            {columns.map((column) => {
              const chosen = order.by === column
              const sort = chosen ? (order.down ? 'descending' : 'ascending') : 'none'
              return (
                <th key={column} scope="col" class={`col-${column}`} aria-sort={sort}>
                  <button type="button" onClick={() => onOrder({ by: column, down: chosen && !order.down })}>
                    {column}
                    <span class="sort" aria-hidden="true" />
                  </button>
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {services.map((service) => (
            <ServiceRow key={service.slug} service={service} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ServiceRow({ service }: { service: Service }) {
  const { slug, answer, outcome, evidence } = service
  const { timing, restoration, failure } = answer.run ?? {}
  return (
    <tr>
      <th scope="row" class="col-service">
        <a href={linkTo(slug)}>{slug}</a>
      </th>
      <td class="col-verdict">
        <Badge outcome={outcome} />
      </td>
      <td class="col-blockers">
        {failure ? <code>{failure.code}</code> : <BlockerSummary service={service} />}
      </td>
      <td class="col-boot number">{time(timing?.bootMs)}</td>
      <td class="col-restore number">
        {restoration?.verdict === 'restore-failed' ? 'failed' : time(restoration?.restoreMs)}
      </td>
      <td class="col-evidence">
        <EvidenceWord word={evidence} />
      </td>
    </tr>
  )
}

function BlockerSummary({ service }: { service: Service }) {
  const { blockers } = service.answer
  const { accepted } = service
  if (blockers.length === 0) return <span class="faint">none</span>
  const kinds = countBy(blockers, ({ kind }) => kind)
  const owners = countBy(blockers, ownerName).map(([name]) => name)
  const more = owners.length - SHOWN_OWNERS
  return (
    <>
      <span class="total">{blockers.length}</span>
      <span class="kinds">
        {kinds.map(([kind, number]) => (
          <span key={kind} class="kind">
            <b>{number}</b> {kind}
          </span>
        ))}
        {accepted.size === 0 ? null : (
          <span class="kind accepted">
            {accepted.size === blockers.length ? 'all' : accepted.size} accepted
          </span>
        )}
      </span>
      <span class="owners">
        {owners.slice(0, SHOWN_OWNERS).join(', ')}
        {more > 0 ? ` and ${more} more` : ''}
      </span>
    </>
  )
}

const time = (ms: number | null | undefined): string => (ms === null || ms === undefined ? '–' : duration(ms))
