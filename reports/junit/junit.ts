import type { TestCase, TestSuite } from 'junit-report-builder'
import { missed, type Answer } from '../../harness/model/answer.js'
import type { Blocker, Verdict } from '../../harness/model/report.js'
import { blockerMessage, blockerText, stacksText } from '../parts/blocker-text.js'
import { restorationProperties } from '../parts/restoration.js'
import { engineSentence, evidenceSentence, restoreSentence, titleOf } from '../parts/sentences.js'
import { attachmentLines } from './attachments.js'
import { block, fail, newJunit, oneLine, uniqueNames } from './parts.js'

export interface JunitOptions {
  /** Files to attach to an answer's suite; each must exist. */
  attachments?: ReadonlyMap<Answer, string[]>
  /** Where the XML goes: attachments are named relative to its folder. */
  xmlFile?: string
  /** What was expected; an answer that is not in it was expected to be checkpointable. */
  expectations?: ReadonlyMap<Answer, JunitExpectation>
}

/** `blockers` are the ids that the scenario expects, `unmet` the expectations that no blocker met. */
export interface JunitExpectation {
  blockers: string[]
  unmet: string[]
}

/**
 * Answers as JUnit XML for Jenkins, GitLab and GitHub's reporters: one suite each, with one case for the whole and one
 * per blocker. Names hold ids only, so that a case is known again in the next run.
 */
export function toJunit(answers: readonly Answer[], options: JunitOptions = {}): string {
  const junit = newJunit()
  const unique = uniqueNames()
  for (const answer of answers) addSuite(junit.testSuite(), answer, unique(oneLine(answer.name)), options)
  return `${junit.build()}\n`
}

function addSuite(suite: TestSuite, answer: Answer, name: string, options: JunitOptions): void {
  const seconds = (answer.run?.timing.totalMs ?? 0) / 1000
  suite.name(name).time(seconds).property('verdict', verdictOf(answer))
  if (answer.run !== null) suite.property('engine', oneLine(engineSentence(answer.run)))
  const restore = answer.run === null ? null : restoreSentence(answer.run)
  if (restore !== null) suite.property('restore', oneLine(restore))
  for (const [name, value] of restorationProperties(answer.run?.restoration ?? null))
    suite.property(name, oneLine(value))
  if (answer.evidence !== null) suite.property('evidence', oneLine(evidenceSentence(answer.evidence)))
  const named = options.expectations?.get(answer) ?? knownOf(answer)
  const expectation = named && named.blockers.length + named.unmet.length > 0 ? named : null
  const group = answer.command === 'check' ? 'crac-preflight' : `crac-preflight.${answer.command}`
  // Jenkins takes what stands before the last dot for a package, GitLab shows the class as the suite.
  const newCase = (caseName: string) =>
    suite
      .testCase()
      .className(`${group}.${name.replaceAll('.', '_')}`)
      .name(caseName)
  const whole = newCase(wholeName(answer, expectation)).time(seconds)
  judge(whole, answer, expectation)
  const attached = attachmentLines(options.attachments?.get(answer) ?? [], options.xmlFile)
  const said = isUnwatched(answer) ? [block(titleOf(answer)), ...attached] : attached
  if (said.length > 0) whole.standardOutput(said.join('\n'))
  const unique = uniqueNames()
  for (const blocker of answer.blockers) {
    const testCase = newCase(unique(oneLine(blocker.id))).time(0)
    if (!isExpected(blocker, expectation))
      fail(testCase, blockerMessage(blocker, answer), typeOf(blocker), blockerText(answer, blocker))
  }
}

const knownOf = ({ known }: Answer): JunitExpectation | undefined =>
  known === null ? undefined : { blockers: known.accepted, unmet: [...missed(known)] }

/** It passes, and a case that passes shows nothing else of how little was seen. */
const isUnwatched = ({ verdict, evidence }: Answer): boolean =>
  verdict === 'checkpointable' && evidence?.tracer === 'lost'

/** A text is about what came of a checkpoint or a restore: its readers know its outcome by these words. */
const outcomes: Record<Verdict, string> = { checkpointable: 'passed', blocked: 'failed', failed: 'failed' }

function verdictOf({ verdict, run }: Answer): string {
  if (verdict === null) return 'unknown'
  return run === null ? outcomes[verdict] : verdict
}

function wholeName({ run }: Answer, expectation: JunitExpectation | null): string {
  if (run === null) return 'outcome'
  return expectation === null ? 'checkpointable' : 'blocked as expected'
}

/** An engine says what failed in a line of its own, without an exception. */
function typeOf({ findings, kind, descriptors }: Blocker): string {
  return findings[0]?.type ?? (kind === 'other' && descriptors.length === 0 ? 'engine' : kind)
}

/** A failed expectation is a failure, a check that could not tell is an error, a text that says nothing is skipped. */
function judge(testCase: TestCase, answer: Answer, expectation: JunitExpectation | null): void {
  const { verdict, headline, note, blockers, run } = answer
  if (verdict === null) {
    testCase.standardOutput(block(headline)).skipped()
    return
  }
  if (verdict === 'failed') {
    const { code, message } = run?.failure ?? { code: 'UNKNOWN', message: 'the harness did not say why' }
    testCase.error(oneLine(`${titleOf(answer)} (${code})`), code, block(message))
    return
  }
  const unexpected = blockers.filter((blocker) => !isExpected(blocker, expectation))
  const unmet = (expectation?.unmet ?? []).map((id) => `expected a blocker that is not there: ${id}`)
  const passes = unexpected.length === 0 && unmet.length === 0
  // A verdict of `blocked` without blockers would be a fault of the join: it must not turn into a pass.
  if (passes && (verdict === 'checkpointable' || blockers.length > 0)) return
  if (run === null) {
    const whole = [headline, ...(note === null ? [] : [note])].join('. ')
    fail(testCase, whole, verdictOf(answer), [whole, ...blockers.map(({ summary }) => summary)].join('\n'))
    return
  }
  const texts = unexpected.map(
    (blocker) => `${blockerMessage(blocker, answer)}\n${stacksText(answer, blocker)}`,
  )
  fail(testCase, titleOf(answer), verdict, [...unmet, ...texts, run.engine.output].join('\n\n'))
}

function isExpected({ id }: Blocker, expectation: JunitExpectation | null): boolean {
  return expectation?.blockers.includes(id) ?? false
}
