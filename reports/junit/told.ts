import { block, fail, newJunit, oneLine, uniqueNames } from './parts.js'
import type { Told } from '../parts/told.js'

/**
 * Explained texts as JUnit XML: a suite for each answer, with a case for its outcome and one for each thing that speaks
 * against it. A text that says nothing is skipped, never passed.
 */
export function toToldJunit(texts: readonly Told[]): string {
  const junit = newJunit()
  const uniqueSuite = uniqueNames()
  for (const { name: text, verdict, headline, matters } of texts) {
    const name = uniqueSuite(oneLine(text))
    const suite = junit.testSuite().name(name).time(0).property('verdict', verdict)
    const newCase = (caseName: string) =>
      suite
        .testCase()
        .className(`crac-preflight.explain.${name.replaceAll('.', '_')}`)
        .name(caseName)
        .time(0)
    const outcome = newCase('outcome')
    if (verdict === 'unknown') outcome.standardOutput(block(headline)).skipped()
    if (verdict === 'failed')
      fail(outcome, headline, verdict, [headline, ...matters.map(({ title }) => title)].join('\n'))
    const unique = uniqueNames()
    for (const { id, title, type, text } of matters) fail(newCase(unique(oneLine(id))), title, type, text)
  }
  return `${junit.build()}\n`
}
