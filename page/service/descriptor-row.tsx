import { useEffect, useState } from 'preact/hooks'
import type { JudgedDescriptor } from '../../harness/model/answer'
import type { Blocker, Origin } from '../../harness/model/report'
import { duration } from '../../harness/model/text'
import { descriptorSentence } from '../../reports/parts/sentences'
import type { Action } from '../../reports/parts/stacks'
import { linkTo } from '../data/route'
import { verdictOf, type Service } from '../data/services'
import { Term } from '../parts/text'
import { Actions } from '../stack/actions'

/** One descriptor, and when opened all that is known of it. */
export function DescriptorRow(props: { service: Service; descriptor: JudgedDescriptor; meant: boolean }) {
  const { service, descriptor, meant } = props
  const [open, setOpen] = useState(meant)
  useEffect(() => {
    if (meant) setOpen(true)
  }, [meant])
  const { fd, kind, target, origin, missing } = descriptor
  const verdict = verdictOf(service, descriptor) ?? ''
  return (
    <>
      <tr data-fd={fd} class={`${verdict} ${meant ? 'meant' : ''}`}>
        <th scope="row" class="col-fd">
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            {fd}
          </button>
        </th>
        <td class="col-kind">{kind}</td>
        <td class="col-target">
          <code>{target}</code>
        </td>
        <td>
          <span class={`verdict-word ${verdict}`}>{verdict}</span>
        </td>
        <td class="col-since number">{origin?.atMs == null ? '' : duration(origin.atMs)}</td>
        <td class="col-thread">{origin?.thread ?? missing ?? ''}</td>
      </tr>
      {open ? (
        <tr class="more">
          <td colSpan={6}>
            <Details service={service} descriptor={descriptor} />
          </td>
        </tr>
      ) : null}
    </>
  )
}

function Details({ service, descriptor }: { service: Service; descriptor: JudgedDescriptor }) {
  const { rule, missing, watches, listener } = descriptor
  const blocker = service.answer.blockers.find(({ descriptors }) => descriptors.includes(descriptor.fd))
  return (
    <>
      <dl class="terms">
        <Term name="Descriptor">
          <code>{descriptorSentence(descriptor)}</code>
        </Term>
        <Term name="Rule">{rule ?? null}</Term>
        <Term name="Blocker">
          {blocker === undefined ? null : <a href={linkTo(service.slug, blocker.id)}>{blocker.summary}</a>}
        </Term>
        <Term name="Watches">
          {watches.length === 0 ? null : <Numbers service={service} numbers={watches} />}
        </Term>
        <Term name="Accepted from">
          {listener === null ? null : <Numbers service={service} numbers={[listener]} />}
        </Term>
        <Term name="Missing">{missing}</Term>
      </dl>
      <Actions actions={actionsOfOne(descriptor)} owner={ownerOf(blocker)} />
    </>
  )
}

const ownerOf = (blocker: Blocker | undefined): string | null => blocker?.owner?.frame ?? null

function Numbers({ service, numbers }: { service: Service; numbers: number[] }) {
  return (
    <span class="numbers">
      {numbers.map((fd) => (
        <a key={fd} href={linkTo(service.slug, `fd:${fd}`)}>
          {fd}
        </a>
      ))}
    </span>
  )
}

/** All that was done to it, each with its own stack. */
function actionsOfOne(descriptor: JudgedDescriptor): Action[] {
  const { origin, bound, listened, connected } = descriptor
  const all: [Action['verb'], Origin | null][] = [
    ['created', origin],
    ['bound', bound],
    ['listened', listened],
    ['connected', connected],
  ]
  return all.flatMap(([verb, what]) =>
    what === null ? [] : [{ verb, descriptors: [descriptor], origin: what, frames: what.java, also: [] }],
  )
}
