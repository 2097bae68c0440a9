/** What was opened and closed again, as the timeline draws it: a column for each span of time, parted by owner. */
import { largest } from '../../harness/model/lists'
import { duration } from '../../harness/model/text'
import type { PageAnswer } from '../../reports/html/page-data'
import type { Owners } from '../data/owners'

/** How high it is, with the words in it. */
export const DENSITY = 46

interface Part {
  owner: string
  colour: number | null
  count: number
}

export interface Span {
  from: number
  to: number
  total: number
  /** The largest first. */
  parts: Part[]
}

export interface Density {
  total: number
  spanMs: number
  /** Those in which something was opened. */
  spans: Span[]
  most: number
}

/** Null where nobody counted, or nothing was closed. */
export function densityOf({ closed }: PageAnswer, owners: Owners): Density | null {
  if (closed === null || closed.total === 0) return null
  const { spanMs, by, total } = closed
  const length = largest(by.map(({ counts }) => counts.length))
  const spans = Array.from({ length }, (_, i): Span => {
    const parts = by.flatMap((row) => {
      const owner = owners.ofClosed(row)
      const { [i]: count = 0 } = row.counts
      return count === 0 ? [] : [{ owner, colour: owners.colour(owner), count }]
    })
    const sum = parts.reduce((all, { count }) => all + count, 0)
    return {
      ...{ from: i * spanMs, to: (i + 1) * spanMs, total: sum },
      parts: parts.sort((a, b) => b.count - a.count),
    }
  }).filter((span) => span.total > 0)
  return { total, spanMs, spans, most: largest(spans.map((span) => span.total)) }
}

export const spanAt = ({ spans }: Density, ms: number): Span | null =>
  spans.find(({ from, to }) => ms >= from && ms < to) ?? null

/** `0.4 s to 0.5 s` */
export const timesOf = ({ from, to }: Span): string => `${duration(from)} to ${duration(to)}`

/** `spring-core-6.1.jar 12, JDK 4` */
export const partsText = ({ parts }: Span): string =>
  parts.map(({ owner, count }) => `${owner} ${count}`).join(', ')
