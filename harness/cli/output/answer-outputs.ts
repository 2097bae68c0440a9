import { annotationFormats, formatFor, type AnnotationFormat } from '../../../reports/annotations.js'
import type { Answer } from '../../model/answer.js'
import { camelCase, one, oneOf, type RawOptions } from '../options.js'
import { formats } from './formats.js'
import { assertWritable, textOutput, type Output } from './outputs.js'

/** Which of them the user asks for, and where they go. */
export function answerTargets(options: RawOptions): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(formats).map((option) => [option, one(options, camelCase(option))]))
}

export async function assertAllWritable(targets: Record<string, string | undefined>): Promise<void> {
  for (const [option, target] of Object.entries(targets)) await assertWritable(option, target)
}

/** The answers in each format that was asked for. */
export function answerOutputs(options: RawOptions, answers: readonly Answer[]): Output[] {
  return Object.entries(formats).flatMap(([option, { load }]) => {
    const target = one(options, camelCase(option))
    if (target === undefined) return []
    return [textOutput(`--${option}`, target, async () => (await load(target))(answers))]
  })
}

/** The log format to annotate in; null unless the user asks, since what is no CI would show it as noise. */
export function annotationFormat(options: RawOptions): AnnotationFormat | null {
  if (one(options, 'annotations') === undefined) return null
  return formatFor(oneOf(options, 'annotations', annotationFormats, 'auto'))
}
