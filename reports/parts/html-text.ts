import { printable } from './escape.js'

/** Markup that is safe to embed: only `html` makes it. */
export class Html {
  constructor(readonly markup: string) {}
}

type Value = string | number | Html | readonly Html[]

/** Builds markup; every value that is not markup itself is text of the app and is escaped. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  const written = values.map(write)
  return new Html(parts.map((part, index) => part + (written[index] ?? '')).join(''))
}

function join(pieces: readonly Html[]): Html {
  return new Html(pieces.map(({ markup }) => markup).join(''))
}

function write(value: Value): string {
  if (value instanceof Html) return value.markup
  if (typeof value === 'object') return join(value).markup
  return escape(printable(String(value)))
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  const markup = text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
  // A page may be written to a CI's log, too.
  return markup.replace(/##(?=\w*\[)/g, '#&#35;').replace(/^([^\S\n\r\u2028\u2029]*):(?=:)/gm, '$1&#58;')
}
