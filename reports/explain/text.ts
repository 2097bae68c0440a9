import type { ExplainedText } from '../../harness/model/answer.js'
import { notACommand, printable } from '../parts/escape.js'
import { paint, wrap } from '../parts/terminal-text.js'
import { renderAnswer, type RenderOptions } from './answer-text.js'

/** Says for people what a file means: answer by answer, where it holds several. */
export function renderText(text: ExplainedText, options: RenderOptions): string {
  const [only] = text.answers
  if (text.answers.length === 1 && only !== undefined) return renderAnswer(only, options)
  const head = `${text.name}: ${text.answers.length} answers; ${text.headline}`
  const style = paint(options.color)
  return [
    `${notACommand(wrap(printable(head), Math.max(options.width, 40)).map(style.bold).join('\n'))}\n`,
    ...text.answers.map((answer) => renderAnswer(answer, options)),
  ].join('\n')
}
