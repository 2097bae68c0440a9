import { useEffect, useRef } from 'preact/hooks'
import type { Blocker } from '../../harness/model/report'
import { formatFrame } from '../../harness/model/text'
import { descriptorSentence, engineSentence, findingSentence } from '../../reports/parts/sentences'
import type { SourceLine } from '../../reports/html/page-data'
import { relationLines } from '../../reports/parts/relations'
import { actionsOf, descriptorsOf } from '../../reports/parts/stacks'
import { linkTo } from '../data/route'
import { ownerName, type Service } from '../data/services'
import { Icon } from '../parts/icon'
import { Breakable, Term } from '../parts/text'
import { Actions } from '../stack/actions'
import { ownerFrameOf, ShortFrame } from '../stack/frame'
import { Remedy } from './remedy'

const SHOWN = 12

/** What holds the app, whose line it was, and what to do about it. */
export function BlockerCard(props: {
  service: Service
  blocker: Blocker
  open: boolean
  meant: boolean
  onToggle: () => void
  onOpen: () => void
}) {
  const { service, blocker, open, meant, onToggle, onOpen } = props
  const card = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!meant) return
    onOpen()
    card.current?.scrollIntoView()
    card.current?.querySelector<HTMLElement>('.card-toggle')?.focus({ preventScroll: true })
  }, [meant])
  const { owner, summary, kind } = blocker
  const accepted = service.accepted.has(blocker)
  return (
    <article
      ref={card}
      class={`card ${meant ? 'meant' : ''} ${accepted ? 'is-accepted' : ''}`}
      aria-label={summary}
    >
      <h3 class="card-head">
        <button type="button" class="card-toggle" aria-expanded={open} onClick={onToggle}>
          <Icon name="chevron" />
          <span class="card-what">{summary}</span>
          <span class="tags">
            <span class="tag">{kind}</span>
            {accepted ? <span class="tag accepted">accepted</span> : null}
          </span>
          <span class="card-owner">
            {owner === null ? (
              <span class="faint">owner not known</span>
            ) : (
              <>
                <ShortFrame text={owner.frame} /> <span class="jar">{ownerName(blocker)}</span>
              </>
            )}
          </span>
        </button>
        <a class="anchor" href={linkTo(service.slug, blocker.id)} aria-label={`Link to ${summary}`}>
          <Icon name="link" />
        </a>
      </h3>
      {open ? <Body service={service} blocker={blocker} /> : null}
    </article>
  )
}

function Body({ service, blocker }: { service: Service; blocker: Blocker }) {
  const { answer } = service
  const { owner, findings } = blocker
  const frame = ownerFrameOf(answer, blocker)
  const source = answer.sourceLines?.find(({ id }) => id === blocker.id)
  return (
    <div class="card-body">
      <div class="card-main">
        <dl class="terms">
          <Term name="Owner">
            {owner === null ? (
              'not known'
            ) : (
              <>
                <code class="owner">
                  <Breakable text={frame === null ? owner.frame : formatFrame(frame)} />
                </code>
                {owner.jar === null && owner.artifact === null ? null : (
                  <span class="from">
                    in <code>{owner.jar ?? owner.artifact}</code>
                    {owner.jar !== null && owner.artifact !== null ? (
                      <>
                        {' '}
                        <code class="faint">{owner.artifact}</code>
                      </>
                    ) : null}
                  </span>
                )}
              </>
            )}
          </Term>
          <Term name="Source">{source === undefined ? null : <SourceLink source={source} />}</Term>
        </dl>
        <Actions actions={actionsOf(answer, blocker)} owner={owner?.frame ?? null} />
        <dl class="terms">
          <Term name="Holds">
            {blocker.descriptors.length === 0 ? null : <Held service={service} blocker={blocker} />}
          </Term>
          <Term name="Related">{linesOf(relationLines(answer, blocker))}</Term>
          <Term name={findings.length === 1 ? 'Finding' : 'Findings'}>
            {linesOf([...new Set(findings.map(findingSentence))])}
          </Term>
          <Term name="Certainty">{certainty(service, blocker)}</Term>
        </dl>
      </div>
      <Remedy
        blocker={blocker}
        app={answer.command === 'check' ? answer.name : null}
        accepted={service.accepted.has(blocker)}
      />
    </div>
  )
}

function SourceLink({ source: { file, line, url } }: { source: SourceLine }) {
  const text = line === null ? file : `${file}:${line}`
  if (url === null) return <code>{text}</code>
  return (
    <a class="source" href={url} target="_blank" rel="noopener noreferrer">
      <code>{text}</code>
      <Icon name="out" />
    </a>
  )
}

function Held({ service, blocker }: { service: Service; blocker: Blocker }) {
  const { answer, slug } = service
  const held = descriptorsOf(answer, blocker)
  if (held.length === 0) return <>{blocker.descriptors.join(', ')}</>
  return (
    <ul class="lines">
      {held.slice(0, SHOWN).map((each) => (
        <li key={each.fd}>
          <a href={linkTo(slug, `fd:${each.fd}`)}>
            <code>{descriptorSentence(each)}</code>
          </a>
        </li>
      ))}
      {held.length > SHOWN ? <li class="faint">and {held.length - SHOWN} more, below</li> : null}
    </ul>
  )
}

/** Nothing, and no element of nothing, where there are none. */
function linesOf(lines: string[]) {
  if (lines.length === 0) return null
  return (
    <ul class="lines">
      {lines.map((line) => (
        <li key={line}>
          <code>
            <Breakable text={line} />
          </code>
        </li>
      ))}
    </ul>
  )
}

/** How far to trust it: who decided, and whether a stock JDK can know. */
function certainty({ answer: { run } }: Service, { findings }: Blocker): string | null {
  const unsure = findings.filter(({ unknowable }) => unknowable).length
  const who = run === null ? null : engineSentence(run)
  if (unsure === 0) return who
  const how =
    unsure === findings.length ? 'not certain' : `${unsure} of ${findings.length} findings not certain`
  return `${how}: unknowable on a stock JDK${who === null ? '' : ` (${who})`}`
}
