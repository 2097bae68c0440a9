import { useState } from 'preact/hooks'
import { largest } from '../../harness/model/lists'

export interface BarRow {
  name: string
  label: string
  count: number
  tone?: string
}

const FEW = 6

/** Names with how many there are of each, as bars; each is a filter. */
export function Bars(props: {
  title: string
  rows: BarRow[]
  chosen: string | null
  onChoose: (name: string) => void
}) {
  const { title, rows, chosen, onChoose } = props
  const [whole, setWhole] = useState(false)
  const most = largest(rows.map((row) => row.count))
  const shown = whole || rows.length <= FEW + 1 ? rows : rows.slice(0, FEW)
  return (
    <section class="panel" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? <p class="faint">none</p> : null}
      <ul class="bars">
        {shown.map((row) => (
          <li key={row.name}>
            <button
              type="button"
              class={`bar-row ${row.tone ?? ''}`}
              aria-pressed={row.name === chosen}
              onClick={() => onChoose(row.name)}
            >
              <span class="bar-name">{row.label}</span>
              <span class="bar-count">{row.count}</span>
              <span class="bar" style={{ width: `${(row.count / most) * 100}%` }} />
            </button>
          </li>
        ))}
      </ul>
      {shown.length < rows.length ? (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          {rows.length - shown.length} more
        </button>
      ) : null}
    </section>
  )
}
