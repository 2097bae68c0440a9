/** What speaks against a report, as errors that a test fails with. */
import { blockerMessage, blockerText } from '../../reports/parts/blocker-text.js'
import { harmless } from '../../reports/parts/escape.js'
import { CheckpointBlockedError, ExpectationError, NoVerdictError, placed } from '../model/errors.js'
import type { Report } from '../model/report.js'
import { count } from '../model/text.js'
import { ANY_BLOCKER, type Comparison } from '../baseline/expectation.js'

/** `1 blocker, 2 unmet expectations` */
export function whatIsWrong(report: Report, { unexpected, unmet }: Comparison, restore = false): string {
  const { failure, restoration } = report
  if (failure) return 'the check came to no verdict'
  return [
    ...(unexpected.length > 0 ? [count(unexpected.length, 'blocker')] : []),
    ...(unmet.length > 0 ? [count(unmet.length, 'unmet expectation')] : []),
    ...(restoration?.verdict === 'not-tried' || (restore && restoration === null) ? ['not restored'] : []),
  ].join(', ')
}

/** One error for each blocker and each unmet expectation; `place` is the line of the test that they point to. */
export function errorsOf(
  report: Report,
  { unexpected, unmet }: Comparison,
  place: readonly string[],
): Error[] {
  const { failure, restoration } = report
  const notTried = report.verdict === 'checkpointable' && restoration?.verdict === 'not-tried'
  const errors = failure
    ? [new NoVerdictError(failure.code, harmless(failure.message))]
    : [
        ...unexpected.map(
          (blocker) =>
            new CheckpointBlockedError(
              blocker.id,
              `${blockerMessage(blocker, report)}\n${blockerText(report, blocker)}`,
            ),
        ),
        ...unmet.map((id) => new ExpectationError(harmless(unmetSentence(report, id)))),
        // A restore was asked for, and a pass would promise one.
        ...(notTried
          ? [
              new NoVerdictError(
                'NOT_RESTORED',
                harmless(`The restore was not tried: ${restoration.reason ?? ''}`),
              ),
            ]
          : []),
      ]
  return errors.map((error) => placed(error, place))
}

function unmetSentence({ scenario, blockers }: Report, id: string): string {
  if (id === ANY_BLOCKER && blockers.length === 0)
    return `${scenario} was expected not to be checkpointable, and it is.`
  return `${scenario} was expected to be blocked by "${id}", and it is not. Its blockers: ${blockers.map((blocker) => blocker.id).join(', ') || 'none'}.`
}
