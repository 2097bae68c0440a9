import { newBlockers, type Answer } from '../../harness/model/answer.js'
import { duration } from '../../harness/model/text.js'
import { notACommand, printable } from '../parts/escape.js'
import { displayWidth, padColumns, paint } from '../parts/terminal-text.js'
import { largest } from '../../harness/model/lists.js'
import { verdictMark } from '../parts/verdict-mark.js'

/** Several checks at a glance: a line for each, and how many came to what. */
export function renderOverview(answers: readonly Answer[], { color }: { color: boolean }): string {
  const style = paint(color)
  const rows = answers.map((answer) => {
    const { sign, word, colour } = verdictMark(answer)
    return { mark: `${sign} ${word}`, colour, name: printable(answer.name), rest: restOf(answer) }
  })
  const marks = largest(rows.map(({ mark }) => displayWidth(mark)))
  const names = largest(rows.map(({ name }) => displayWidth(name)))
  const counts = new Map<string, number>()
  for (const answer of answers) {
    const { word } = verdictMark(answer)
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const lines = [
    ...rows.map(
      ({ mark, colour, name, rest }) =>
        `${style[colour](padColumns(mark, marks))}  ${padColumns(name, names)}  ${rest}`,
    ),
    style.bold(
      `${answers.length} apps: ${[...counts].map(([word, number]) => `${number} ${word}`).join(', ')}`,
    ),
  ]
  return `${notACommand(lines.map((line) => line.trimEnd()).join('\n'))}\n`
}

function restOf(answer: Answer): string {
  const { blockers, run } = answer
  const time = run === null ? '' : `  ${duration(run.timing.totalMs)}`
  if (run?.failure) return `${run.failure.code}${time}`
  const fresh = newBlockers(answer).length
  const accepted = blockers.length - fresh
  if (blockers.length === 0) return time.trim()
  return `${accepted === 0 ? `${fresh} to mend` : `${fresh} new, ${accepted} accepted`}${time}`
}
