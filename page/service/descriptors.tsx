import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { JudgedDescriptor } from '../../harness/model/answer'
import { count } from '../../harness/model/text'
import { countBy, verdictOf, type Service } from '../data/services'
import { Section } from '../parts/section'
import { DescriptorRow } from './descriptor-row'

/** So many rows are there at first, and so many come at a time. */
const STEP = 100

/** The live descriptors as a table; a row opens to its stacks. */
export function Descriptors({ service, place }: { service: Service; place: string | null }) {
  const { descriptors } = service.answer
  const wordOf = (each: JudgedDescriptor): string => verdictOf(service, each) ?? 'not judged'
  const [verdict, setVerdict] = useState<string | null>(null)
  const meant = /^fd:(\d+)$/.exec(place ?? '')?.[1] ?? null
  const verdicts = useMemo(() => countBy(descriptors, wordOf), [service])
  const shown = useMemo(
    () => descriptors.filter((each) => verdict === null || wordOf(each) === verdict),
    [service, verdict],
  )
  const [most, setMost] = useState(STEP)
  const meantAt = meant === null ? -1 : shown.findIndex(({ fd }) => String(fd) === meant)
  const rows = shown.slice(0, Math.max(most, meantAt + 1))
  const table = useRef<HTMLTableElement>(null)
  useEffect(() => {
    if (meant === null) return
    setVerdict(null)
    const row = table.current?.querySelector<HTMLElement>(`[data-fd="${meant}"]`)
    row?.scrollIntoView({ block: 'center' })
    row?.querySelector('button')?.focus({ preventScroll: true })
  }, [meant])
  return (
    <Section
      id="descriptors"
      title="Descriptors"
      count={descriptors.length}
      aside={
        verdicts.length < 2 ? null : (
          <div class="choice" role="group" aria-label="By verdict">
            <button type="button" aria-pressed={verdict === null} onClick={() => setVerdict(null)}>
              all
            </button>
            {verdicts.map(([name, number]) => (
              <button
                key={name}
                type="button"
                aria-pressed={name === verdict}
                onClick={() => setVerdict(name)}
              >
                {name} <span class="count">{number}</span>
              </button>
            ))}
          </div>
        )
      }
    >
      <div class="table-frame" role="region" aria-label="Descriptors" tabIndex={0}>
        <table class="descriptors" ref={table}>
          <thead>
            <tr>
              {['fd', 'kind', 'target', 'verdict', 'since', 'thread'].map((name) => (
                <th key={name} scope="col" class={`col-${name}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((each) => (
              <DescriptorRow
                key={each.fd}
                service={service}
                descriptor={each}
                meant={String(each.fd) === meant}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length < shown.length ? (
        <button type="button" class="quiet" onClick={() => setMost(rows.length + STEP)}>
          Show {count(Math.min(STEP, shown.length - rows.length), 'more', 'more')} of {shown.length}
        </button>
      ) : null}
    </Section>
  )
}
