import type { DescriptorGroup, Grouping } from '../../harness/model/answer.js'
import type { Evidence, LedgerEntry } from '../../harness/model/report.js'
import { foldStack } from '../parts/stacks.js'
import { evidenceLines } from './ledger.js'
import { notACommand, printable } from '../parts/escape.js'
import { cutMiddle, displayWidth, paint, wrap } from '../parts/terminal-text.js'
import type { TerminalOptions } from './terminal.js'

export interface GroupOptions extends TerminalOptions {
  by: Grouping
  /** How many lines of each different stack to show below the table. */
  stackLines: number
  evidence?: Evidence
}

const margin = 7

/** A file or a pipe has room for thousands of examples; a reader has not. */
const EXAMPLES_WIDTH = 120

/** How many different stacks of one group are shown: a pool opens by a few ways, whatever its size. */
const MOST_STACKS = 3

/** Who holds how much, the largest group first: count and name, and below it what it holds; then the stacks, if wanted. */
export function renderGroups(groups: readonly DescriptorGroup[], options: GroupOptions): string {
  const style = paint(options.color)
  const blocks = [
    [
      style.bold(`COUNT  ${options.by.toUpperCase()}`),
      ...groups.flatMap((group) => groupLines(group, options)),
    ],
    ...(options.stackLines > 0 ? groups.map((group) => stackBlock(group, options)) : []),
    evidenceLines(options.evidence, options.width),
  ]
  return notACommand(
    blocks.flatMap((block) => (block.length === 0 ? [] : [`${block.join('\n')}\n`])).join('\n'),
  )
}

function groupLines({ name, entries }: DescriptorGroup, { width, color }: GroupOptions): string[] {
  const style = paint(color)
  const room = width - margin
  const [first = '', ...more] = wrap(printable(name), room)
  const below = `${kindsOf(entries)}: ${examplesOf(entries, Math.min(room, EXAMPLES_WIDTH))}`
  return [
    `${String(entries.length).padStart(margin - 2)}  ${first}`,
    ...more.map((line) => `${' '.repeat(margin)}${line}`),
    `${' '.repeat(margin)}${style.dim(cutMiddle(below, room))}`,
  ]
}

/** `3 file, 1 pipe`, the most frequent first. */
function kindsOf(entries: readonly LedgerEntry[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of entries) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')
}

/** As many different targets as have room in one line. */
function examplesOf(entries: readonly LedgerEntry[], room: number): string {
  const targets = [...new Set(entries.map(({ target }) => printable(target)))]
  let text = targets[0] ?? ''
  for (const [i, target] of targets.entries()) {
    if (i === 0) continue
    if (displayWidth(`${kindsOf(entries)}: ${text}, ${target}, …`) > room) return `${text}, …`
    text = `${text}, ${target}`
  }
  return text
}

function stackBlock(group: DescriptorGroup, { width, color, stackLines }: GroupOptions): string[] {
  const style = paint(color)
  const shown = [...group.stacks].sort((a, b) => b.count - a.count).slice(0, MOST_STACKS)
  if (shown.length === 0) return []
  const hidden = group.stacks.length - shown.length
  return [
    ...wrap(printable(group.name), width).map(style.bold),
    ...shown.flatMap(({ frames, owner, count }) => [
      `  ${count} ×`,
      ...foldStack(frames, owner, stackLines).flatMap((line) => {
        const isOwner = line.kind === 'frame' && line.owner
        const lead = line.kind === 'fold' ? '      ' : isOwner ? '  ──▶ at ' : '      at '
        const drawn = wrap(printable(line.text), width - lead.length).map(
          (text, i) => `${i === 0 ? lead : ' '.repeat(lead.length)}${text}`,
        )
        return isOwner ? drawn.map(style.red) : line.kind === 'fold' ? drawn.map(style.dim) : drawn
      }),
    ]),
    ...(hidden > 0 ? [style.dim(`  … ${hidden} more different stacks, in the JSON`)] : []),
  ]
}
