import type { LedgerReading } from './assemble.js'

/**
 * A reading with descriptors that were closed before the table was looked at, as an earlier one knows them. Where their
 * number leads to something else by then, what was closed comes first: it is what the number was judged for.
 */
export function withClosed(
  reading: LedgerReading,
  earlier: LedgerReading,
  fds: ReadonlySet<number>,
): LedgerReading {
  const closed = earlier.entries.filter(({ fd }) => fds.has(fd))
  const numbers = new Set(closed.map(({ fd }) => fd))
  const entries = [...reading.entries.filter(({ fd }) => !numbers.has(fd)), ...closed]
  return { ...reading, entries: entries.sort((a, b) => a.fd - b.fd) }
}
