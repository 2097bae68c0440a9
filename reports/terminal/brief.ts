import { newBlockers, type Answer } from '../../harness/model/answer.js'
import { notACommand, printable } from '../parts/escape.js'
import { titleOf } from '../parts/sentences.js'
import { paint } from '../parts/terminal-text.js'
import { verdictMark } from '../parts/verdict-mark.js'

/** For `--quiet`: nothing of what is well; of the rest a line, and one for each blocker with the line that opened it. */
export function renderBrief(answer: Answer, { color }: { color: boolean }): string {
  const { sign, word, colour } = verdictMark(answer)
  if (sign === '✔') return ''
  const failure = answer.run?.failure
  const lines = [
    `${paint(color)[colour](`${sign} ${word.toUpperCase()}`)}  ${printable(titleOf(answer))}`,
    ...newBlockers(answer).map(
      ({ summary, owner }) => `  ${printable(`${summary}${owner === null ? '' : ` ◀ ${owner.frame}`}`)}`,
    ),
    ...(failure ? [`  ${failure.code}: ${firstLine(printable(failure.message, { lines: true }))}`] : []),
  ]
  return `${notACommand(lines.join('\n'))}\n`
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''
