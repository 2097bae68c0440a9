import { wrap, type Paint } from '../parts/terminal-text.js'

/** Everything that a block of text needs to print itself. */
export interface Page {
  style: Paint
  width: number
}

export const labelWidth = 11

export function asIs(text: string): string {
  return text
}

/** A label, and its text beside it. */
export function field(
  page: Page,
  label: string,
  text: string,
  style: (line: string) => string = asIs,
): string[] {
  return hang(page, `  ${label.padEnd(labelWidth)}`, text, style)
}

/** A text whose further lines stand below the first word after its beginning. */
export function hang(
  page: Page,
  first: string,
  text: string,
  style: (line: string) => string = asIs,
): string[] {
  return wrap(text, page.width - first.length).map(
    (line, index) => `${index === 0 ? first : ' '.repeat(first.length)}${style(line)}`,
  )
}
