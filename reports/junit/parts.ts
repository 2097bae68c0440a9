/** How text gets into JUnit XML. */
import junitReportBuilder, { type Builder, type TestCase } from 'junit-report-builder'
import { harmless, notACommand, printable } from '../parts/escape.js'

// The package's types promise a default inside its default export; its CommonJS file has the builder itself there.
const builder = junitReportBuilder as unknown as Builder

export function newJunit(): Builder {
  return builder.newBuilder().name('crac-preflight')
}

export function fail(testCase: TestCase, message: string, type: string, text: string): void {
  testCase.failure(oneLine(message), oneLine(type)).stacktrace(block(text))
}

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

// CDATA can't hold its own end, and the builder splits only the first one.
export function block(text: string): string {
  return withoutMarks(harmless(text)).replaceAll(']]>', ']]&gt;')
}

// An app must not be able to attach files of the CI machine by printing the mark that Jenkins and GitLab look for.
function withoutMarks(text: string): string {
  return text.replace(/\[\[(?=ATTACHMENT)/gi, '[ [')
}
