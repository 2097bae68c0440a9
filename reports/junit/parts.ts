/** How text gets into JUnit XML. */
import { harmless, notACommand, printable } from '../parts/escape.js'

/** GitLab keeps only the first of two cases with one name. */
export function uniqueNames(): (name: string) => string {
  const seen = new Map<string, number>()
  return (name) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  }
}

export function oneLine(text: string): string {
  return withoutMarks(notACommand(printable(text)))
}

export function block(text: string): string {
  return withoutMarks(harmless(text))
}

// An app must not be able to attach files of the CI machine by printing the mark that Jenkins and GitLab look for.
function withoutMarks(text: string): string {
  return text.replace(/\[\[(?=ATTACHMENT)/gi, '[ [')
}
