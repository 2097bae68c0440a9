import { annotationFormats, formatFor, type AnnotationFormat } from '../../reports/annotations.js'
import { one, oneOf, type RawOptions } from './options.js'

/** The log format to annotate in; null unless the user asks, since what is no CI would show it as noise. */
export function annotationFormat(options: RawOptions): AnnotationFormat | null {
  if (one(options, 'annotations') === undefined) return null
  return formatFor(oneOf(options, 'annotations', annotationFormats, 'auto'))
}
