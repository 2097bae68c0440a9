import { useMemo } from 'preact/hooks'
import type { Blocker } from '../../harness/model/report'
import { duration } from '../../harness/model/text'
import { compareAnswers, type Comparison } from '../../reports/diff/compare'
import { changeOf } from '../../reports/diff/text'
import { ownerSentence } from '../../reports/parts/sentences'
import { COMPARE, linkTo } from '../data/route'
import type { Service } from '../data/services'
import { Icon } from '../parts/icon'
import { Badge } from '../parts/badge'
import { Section } from '../parts/section'

/** Two answers of the page: what is new, gone or moved between them. */
export function Compare({ services, place }: { services: readonly Service[]; place: string | null }) {
  const [first = 0, second = 1] = (place ?? '')
    .split(':')
    .flatMap((text) => (/^\d+$/.test(text) ? [Number(text)] : []))
  const before = services[first] ?? services[0]
  const after = services[second] ?? services[1]
  const comparison = useMemo(
    () => (before === undefined || after === undefined ? null : compareAnswers(before.answer, after.answer)),
    [before, after],
  )
  if (before === undefined || after === undefined || comparison === null) return null
  const go = (one: number, other: number): void => {
    location.hash = linkTo(COMPARE, `${one}:${other}`)
  }
  const { blockers, descriptors } = comparison
  return (
    <main class="service">
      <header class="service-head">
        <h1>Compare</h1>
      </header>
      <div class="sides">
        <Side
          name="Before"
          services={services}
          chosen={services.indexOf(before)}
          onChoose={(at) => go(at, second)}
        />
        <Side
          name="After"
          services={services}
          chosen={services.indexOf(after)}
          onChoose={(at) => go(first, at)}
        />
      </div>
      <Times times={comparison.times} />
      <Section id="compared-blockers" title="Blockers">
        <ul class="changes">
          {blockers.added.map((blocker, i) => (
            <Change key={`+${i}`} sign="new" blocker={blocker} service={after} />
          ))}
          {blockers.moved.map(({ before: old, after: blocker }, i) => (
            <Change key={`~${i}`} sign="moved" blocker={blocker} service={after} was={old} />
          ))}
          {blockers.gone.map((blocker, i) => (
            <Change key={`-${i}`} sign="gone" blocker={blocker} service={before} />
          ))}
        </ul>
        <p class="faint">{unchanged(blockers)}</p>
      </Section>
      <Section id="compared-descriptors" title="Descriptors">
        <ul class="changes">
          {descriptors.added.map((each) => (
            <li key={`+${each.fd}`}>
              <span class="sign new">new</span>
              <a href={linkTo(after.slug, `fd:${each.fd}`)}>
                <code>{each.target}</code>
              </a>
            </li>
          ))}
          {descriptors.gone.map((each) => (
            <li key={`-${each.fd}`}>
              <span class="sign gone">gone</span>
              <a href={linkTo(before.slug, `fd:${each.fd}`)}>
                <code>{each.target}</code>
              </a>
            </li>
          ))}
        </ul>
        <p class="faint">{unchanged({ ...descriptors, moved: [] })}</p>
      </Section>
    </main>
  )
}

interface Changes {
  added: unknown[]
  gone: unknown[]
  moved: unknown[]
  same: number
}

/** Nothing is said of none beside changes; of none at all it is said. */
function unchanged({ added, gone, moved, same }: Changes): string | null {
  if (same > 0) return `${same} as before`
  return added.length + gone.length + moved.length > 0 ? null : 'none in either run'
}

function Side(props: {
  name: string
  services: readonly Service[]
  chosen: number
  onChoose: (at: number) => void
}) {
  const { name, services, chosen, onChoose } = props
  const service = services[chosen]
  return (
    <label class="side">
      <span class="side-name">{name}</span>
      <span class="side-choice">
        <span class="select">
          <select value={String(chosen)} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
            {services.map(({ slug }, at) => (
              <option key={slug} value={String(at)}>
                {slug}
              </option>
            ))}
          </select>
          <Icon name="chevron" />
        </span>
        {service === undefined ? null : <Badge outcome={service.outcome} />}
      </span>
    </label>
  )
}

function Times({ times }: Pick<Comparison, 'times'>) {
  return (
    <dl class="facts">
      {times.flatMap(({ name, before, after }) =>
        before === null || after === null
          ? []
          : [
              <div class="fact" key={name}>
                <dt>{name}</dt>
                <dd>
                  {duration(before)} → {duration(after)} <span class="count">{changeOf(before, after)}</span>
                </dd>
              </div>,
            ],
      )}
    </dl>
  )
}

function Change(props: {
  sign: 'new' | 'gone' | 'moved'
  blocker: Blocker
  service: Service
  was?: Blocker
}) {
  const { sign, blocker, service, was } = props
  return (
    <li>
      <span class={`sign ${sign}`}>{sign}</span>
      <span>
        <a href={linkTo(service.slug, blocker.id)}>{blocker.summary}</a>{' '}
        <span class="tag">{blocker.kind}</span>
        <code class="change-owner">{ownerSentence(blocker) ?? 'owner not known'}</code>
        {was === undefined ? null : (
          <code class="change-owner">was {ownerSentence(was) ?? 'owner not known'}</code>
        )}
      </span>
    </li>
  )
}
