import type { LedgerEntry } from '../../harness/model/report.js'
import { originStack } from '../parts/origin-stacks.js'
import { notACommand, printable } from '../parts/escape.js'

/**
 * The origins of live descriptors as collapsed stacks, `frame;frame;frame count`, for flame graph tools: outermost
 * frame first, one line for each different stack, and the counts add up to the number of descriptors.
 */
export function toCollapsed(entries: readonly LedgerEntry[]): string {
  const counts = new Map<string, number>()
  for (const entry of entries) {
    const line = originStack(entry)
      .map(({ name }) => safe(name))
      .join(';')
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  const lines = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([line, count]) => `${line} ${count}\n`)
    .join('')
  return notACommand(lines)
}

/** A semicolon would begin another frame, white space the count, and a control character whatever it likes. */
const safe = (name: string): string =>
  printable(name).replaceAll(';', ':').replace(/\s/gu, '_') || '[unnamed]'
