/** GitLab's code quality report, which a merge request shows on its lines: https://docs.gitlab.com/ci/testing/code_quality/ */
import { missed, newBlockers, type Answer } from '../harness/model/answer.js'
import { blockerMessage } from './parts/blocker-text.js'
import { jsonText, printable } from './parts/escape.js'
import { titleOf } from './parts/sentences.js'
import { placeOf } from './source/blocker-place.js'
import { fallbackPlace } from './source/fallback-place.js'
import { fingerprintOf } from './source/fingerprint.js'
import { Sources } from './source/sources.js'

interface Issue {
  description: string
  check_name: string
  fingerprint: string
  severity: 'blocker' | 'critical'
  location: { path: string; lines: { begin: number } }
}

/** Each new blocker on its line of the repository; a check that came to no verdict is an issue, too. */
export function toCodeQuality(answers: readonly Answer[], options: { sources?: string } = {}): string {
  const sources = Sources.around(options.sources)
  return `${jsonText(
    answers.flatMap((answer) => issuesOf(answer, sources)),
    2,
  )}\n`
}

function issuesOf(answer: Answer, sources: Sources): Issue[] {
  const issue = (check: string, description: string, path: string, line: number | null): Issue => ({
    description: printable(description),
    check_name: `crac-preflight/${check}`,
    fingerprint: fingerprintOf(answer, check),
    severity: 'blocker',
    location: { path, lines: { begin: line ?? 1 } },
  })
  const { name, verdict, blockers, known, run } = answer
  const isUnexplained = verdict === 'failed' || (verdict === 'blocked' && blockers.length === 0)
  const whole = [
    ...(isUnexplained
      ? [[verdict, `${titleOf(answer)}. ${run?.failure?.message ?? ''}`.trim()] as const]
      : []),
    ...missed(known).map((id) => [id, `${name}: expected a blocker that is not there: ${id}`] as const),
  ]
  return [
    ...whole.map(([check, description]) => ({
      ...issue(check, description, fallbackPlace(answer, null), null),
      severity: 'critical' as const,
    })),
    ...newBlockers(answer).map((blocker) => {
      const place = placeOf(answer, blocker, sources)
      const message = `${name}: ${blockerMessage(blocker, answer)}. ${blocker.remedy.text}`
      return issue(blocker.id, message, place?.file ?? fallbackPlace(answer, blocker), place?.line ?? null)
    }),
  ]
}
