import type { Evidence, Frame, LedgerEntry } from '../../harness/model/report.js'
import { nativeLine } from '../parts/native-frames.js'
import { descriptorSentence, evidenceSentence } from '../parts/sentences.js'
import { isJdkFrame } from '../parts/stacks.js'
import { tableLines } from './table.js'
import { notACommand, printable } from '../parts/escape.js'
import { paint, wrap } from '../parts/terminal-text.js'
import type { TerminalOptions } from './terminal.js'

const headings = ['FD', 'KIND', 'TARGET', 'OPENED AT', 'THREAD'] as const

/** The ledger as a table for `trace`: one line per live descriptor; why a stack is missing stands below it. */
export function renderLedger(
  entries: readonly LedgerEntry[],
  options: TerminalOptions & { evidence?: Evidence },
): string {
  const style = paint(options.color)
  const reasons = [...new Set(entries.flatMap(({ missing }) => (missing === null ? [] : [missing])))]
  const rows = entries.map((entry) => cells(entry, reasons))
  const [heading = '', ...lines] = tableLines(headings, rows, { width: options.width, fixed: 2 })
  const notes = reasons.flatMap((reason, index) => wrap(`(${index + 1}) ${printable(reason)}`, options.width))
  const blocks = [
    [style.bold(heading), ...lines],
    otherEnds(entries, options),
    notes.map(style.yellow),
    evidenceLines(options.evidence, options.width),
  ]
  return notACommand(
    blocks.flatMap((lines) => (lines.length === 0 ? [] : [`${lines.join('\n')}\n`])).join('\n'),
  )
}

/** Which processes of this machine are at the other ends: there is no room for them in the table. */
function otherEnds(entries: readonly LedgerEntry[], { color, width }: TerminalOptions): string[] {
  const held = entries.filter(({ peerHolders }) => peerHolders.length > 0)
  if (held.length === 0) return []
  const indent = '  '
  const lines = held.flatMap((entry) => wrap(printable(descriptorSentence(entry)), width - indent.length))
  return [paint(color).bold('OTHER ENDS'), ...lines.map((line) => `${indent}${line}`)]
}

/** How far the ledger can be trusted, below its tables. */
export function evidenceLines(evidence: Evidence | undefined, width: number): string[] {
  if (evidence === undefined) return []
  const sentences = [
    evidenceSentence(evidence),
    ...(evidence.note === null ? [] : [printable(evidence.note)]),
  ]
  return sentences.flatMap((sentence) => wrap(sentence, width))
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
  return nativeLine(origin?.native ?? []) ?? native ?? (missing === null ? 'not known' : '')
}

function shortFrame(frame: Frame): string {
  const name = `${frame.class.slice(frame.class.lastIndexOf('.') + 1)}.${frame.method}`
  return frame.line === null ? name : `${name}:${frame.line}`
}
