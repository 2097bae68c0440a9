import { largest } from '../../harness/model/lists.js'
import { cutMiddle, displayWidth, padColumns } from '../parts/terminal-text.js'

const gap = 2
const leastWidth = 6

/** Sets rows of printable cells into columns; returns lines of at most `width` columns, the first being the headings. */
export function tableLines(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { width, fixed }: { width: number; fixed: number },
): string[] {
  const widths = columnWidths([headings, ...rows], headings.length, width, fixed)
  return [headings, ...rows].map((row) =>
    row
      .map((cell, column) => padColumns(cutMiddle(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}

/** The first `fixed` columns keep what they need; the others share the rest, none taking more than it needs. */
function columnWidths(
  rows: readonly (readonly string[])[],
  columns: number,
  width: number,
  fixed: number,
): number[] {
  const all = Array.from({ length: columns }, (_, column) => column)
  const needs = all.map((column) => largest(rows.map((row) => displayWidth(row[column] ?? ''))))
  const widths = needs.map((need, column) => (column < fixed ? need : 0))
  let free = width - gap * (columns - 1) - widths.reduce((sum, each) => sum + each, 0)
  // The column with the smallest need is served first, so that what it leaves goes to the others.
  const long = all.slice(fixed).sort((a, b) => (needs[a] ?? 0) - (needs[b] ?? 0))
  long.forEach((column, served) => {
    widths[column] = Math.max(
      leastWidth,
      Math.min(needs[column] ?? 0, Math.floor(free / (long.length - served))),
    )
    free -= widths[column] ?? 0
  })
  return widths
}
