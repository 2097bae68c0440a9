import type { Evidence, Frame, LedgerEntry } from '../harness/report.js'
import { evidenceSentence } from './sentences.js'
import { isJdkFrame } from './stacks.js'
import { cutMiddle, displayWidth, notACommand, padColumns, paint, printable, wrap } from './terminal-text.js'
import type { TerminalOptions } from './terminal.js'

const headings = ['FD', 'KIND', 'TARGET', 'OPENED AT', 'THREAD'] as const
const gap = 2

/** The ledger as a table for `trace`: one line per live descriptor; why a stack is missing stands below it. */
export function renderLedger(
  entries: readonly LedgerEntry[],
  options: TerminalOptions & { evidence?: Evidence },
): string {
  const style = paint(options.color)
  const reasons = [...new Set(entries.flatMap(({ missing }) => (missing === null ? [] : [missing])))]
  const rows = entries.map((entry) => cells(entry, reasons))
  const widths = columnWidths([headings, ...rows], options.width)
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => padColumns(cutMiddle(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd()
  const notes = reasons.flatMap((reason, index) => wrap(`(${index + 1}) ${printable(reason)}`, options.width))
  const evidence = options.evidence
  const trust = evidence
    ? [evidenceSentence(evidence), ...(evidence.note === null ? [] : [printable(evidence.note)])]
    : []
  const blocks = [
    [style.bold(line(headings)), ...rows.map(line)],
    notes.map(style.yellow),
    trust.flatMap((sentence) => wrap(sentence, options.width)),
  ]
  return notACommand(
    blocks.flatMap((lines) => (lines.length === 0 ? [] : [`${lines.join('\n')}\n`])).join('\n'),
  )
}

function cells(entry: LedgerEntry, reasons: string[]): string[] {
  const note = entry.missing === null ? '' : ` (${reasons.indexOf(entry.missing) + 1})`
  return [
    String(entry.fd),
    entry.kind,
    printable(entry.target),
    `${printable(maker(entry))}${note}`.trim(),
    printable(entry.origin?.thread ?? '-'),
  ]
}

/** The first frame that a user can change; package and file names are left out, the JSON has them. */
function maker({ origin, missing }: LedgerEntry): string {
  const own = origin?.java.find((frame) => !isJdkFrame(frame))
  if (own) return shortFrame(own)
  const [innermost] = origin?.java ?? []
  if (innermost) return `JDK only: ${shortFrame(innermost)}`
  const [native] = origin?.native ?? []
  return native ?? (missing === null ? 'not known' : '')
}

function shortFrame(frame: Frame): string {
  const name = `${frame.class.slice(frame.class.lastIndexOf('.') + 1)}.${frame.method}`
  return frame.line === null ? name : `${name}:${frame.line}`
}

/** Short columns keep what they need; the three long ones share the rest, none taking more than it needs. */
function columnWidths(rows: readonly (readonly string[])[], width: number): number[] {
  const needs = headings.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))))
  const widths = needs.map((need, column) => (column < 2 ? need : 0))
  let free = width - gap * (headings.length - 1) - widths.reduce((sum, each) => sum + each, 0)
  // The column with the smallest need is served first, so that what it leaves goes to the others.
  const long = [2, 3, 4].sort((a, b) => (needs[a] ?? 0) - (needs[b] ?? 0))
  long.forEach((column, served) => {
    widths[column] = Math.max(6, Math.min(needs[column] ?? 0, Math.floor(free / (long.length - served))))
    free -= widths[column] ?? 0
  })
  return widths
}
