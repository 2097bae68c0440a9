import { isAccepted, type Answer } from '../../harness/model/answer.js'
import type { Blocker } from '../../harness/model/report.js'
import { notACommand, printable } from '../parts/escape.js'
import { asIs, field, type Page } from './page.js'

/** The line that accepts a blocker, to be copied: it is not wrapped. */
export function acceptLine({ id }: Pick<Blocker, 'id'>): string {
  return notACommand(`--accept ${quoted(printable(id))}`)
}

const quoted = (text: string): string =>
  /^[\w.:/#@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** What was known beforehand: a line for each blocker that is accepted, and for each that is gone. */
export function knownLines(page: Page, { blockers, known }: Answer): string[] {
  if (known === null) return []
  const accepted = blockers.filter((blocker) => isAccepted({ known }, blocker))
  const missing = known.strict ? page.style.red : page.style.yellow
  return [
    ...list(
      page,
      'accepted',
      accepted.map(({ id, summary }) => `${id} (${summary})`),
    ),
    ...list(
      page,
      'gone',
      known.gone.map((id) => `${id}: accepted, and no blocker is it any more`),
      missing,
    ),
    ...list(
      page,
      'not there',
      known.unmet.map((id) => `${id}: expected, and no blocker is it`),
      page.style.red,
    ),
  ]
}

const list = (page: Page, label: string, texts: string[], style = asIs): string[] =>
  texts.flatMap((text, index) => field(page, index === 0 ? label : '', printable(text), style))
