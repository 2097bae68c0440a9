import { notACommand, paint, printable, wrap } from '../../reports/parts/terminal-text.js'
import type { ExplainedText } from './explain.js'
import { renderExplanation, type RenderOptions } from './render.js'
import { fileName, headlineOf, sectionsOf } from './sections.js'

/** Says for people what a file means: answer by answer, where it holds several. */
export function renderText(text: ExplainedText, options: RenderOptions): string {
  const sections = sectionsOf(text)
  const [only] = sections
  if (sections.length === 1 && only !== undefined) return renderExplanation(only.explanation, options)
  const head = `${fileName(text.whole.file)}: ${sections.length} answers; ${headlineOf(text.whole)}`
  const style = paint(options.color)
  return [
    `${notACommand(wrap(printable(head), Math.max(options.width, 40)).map(style.bold).join('\n'))}\n`,
    ...sections.map(({ part, explanation }) =>
      renderExplanation({ ...explanation, file: part ?? explanation.file }, options),
    ),
  ].join('\n')
}
