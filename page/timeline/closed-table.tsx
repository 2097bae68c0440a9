import { useState } from 'preact/hooks'
import { count } from '../../harness/model/text'
import { partsText, timesOf, type Density } from './density'

/** What the columns above the timeline say, in words. */
export function ClosedTable({ density }: { density: Density }) {
  const [open, setOpen] = useState(false)
  return (
    <details class="closed-again" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{count(density.total, 'descriptor')} opened and closed again, by time</summary>
      {open ? (
        <div class="table-frame" role="region" aria-label="Opened and closed again" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">opened</th>
                <th scope="col" class="number">
                  how many
                </th>
                <th scope="col">by whose code</th>
              </tr>
            </thead>
            <tbody>
              {density.spans.map((span) => (
                <tr key={span.from}>
                  <th scope="row" class="number">
                    {timesOf(span)}
                  </th>
                  <td class="number">{span.total}</td>
                  <td>{partsText(span)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  )
}
