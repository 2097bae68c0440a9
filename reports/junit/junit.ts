import { hostname } from 'node:os'
import { missed, type Answer } from '../../harness/model/answer.js'
import type { Blocker, Verdict } from '../../harness/model/report.js'
import { count } from '../../harness/model/text.js'
import { blockerMessage, blockerText } from '../parts/blocker-text.js'
import { restorationProperties } from '../parts/restoration.js'
import {
  engineSentence,
  evidenceSentence,
  restoreSentence,
  timingSentence,
  titleOf,
} from '../parts/sentences.js'
import { placeOf } from '../source/blocker-place.js'
import { Sources } from '../source/sources.js'
import { attachmentLines } from './attachments.js'
import { block, oneLine, uniqueNames } from './parts.js'
import { junitXml, type JunitCase, type JunitOutcome, type JunitSuite } from './xml.js'

export interface JunitOptions {
  /** Files to attach to an answer's suite; each must exist. */
  attachments?: ReadonlyMap<Answer, string[]>
  /** Where the XML goes: attachments are named relative to its folder. */
  xmlFile?: string
  /** What was expected; an answer that is not in it was expected to be checkpointable. */
  expectations?: ReadonlyMap<Answer, JunitExpectation>
  /** When its run began, where that is not the time that it took ago. */
  startedAt?: ReadonlyMap<Answer, Date>
  /** A folder of the repository whose sources are named; the working folder by default. */
  sources?: string
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
  const unique = uniqueNames()
  const sources = Sources.around(options.sources)
  return junitXml(
    'crac-preflight',
    answers.map((answer) => suiteOf(answer, unique(oneLine(answer.name)), sources, options)),
  )
}

function suiteOf(answer: Answer, name: string, sources: Sources, options: JunitOptions): JunitSuite {
  const totalMs = answer.run?.timing.totalMs ?? 0
  const named = options.expectations?.get(answer) ?? knownOf(answer)
  const expectation = named && named.blockers.length + named.unmet.length > 0 ? named : null
  const group = answer.command === 'check' ? 'crac-preflight' : `crac-preflight.${answer.command}`
  // Jenkins takes what stands before the last dot for a package, GitLab shows the class as the suite.
  const className = `${group}.${name.replaceAll('.', '_')}`
  const unique = uniqueNames()
  const attached = attachmentLines(options.attachments?.get(answer) ?? [], options.xmlFile)
  const [outcome, said] = judge(answer, expectation)
  const whole: JunitCase = {
    ...{ className, name: wholeName(answer, expectation), seconds: totalMs / 1000, file: null, line: null },
    outcome,
    output: [...said, ...attached].join('\n'),
  }
  const ofBlockers = answer.blockers.map((blocker): JunitCase => {
    const place = placeOf(answer, blocker, sources)
    return {
      ...{ className, name: unique(oneLine(blocker.id)), seconds: 0, output: '' },
      file: place && oneLine(place.file),
      line: place?.line ?? null,
      outcome: isExpected(blocker, expectation) ? null : failureOf(answer, blocker),
    }
  })
  return {
    ...{ name, seconds: totalMs / 1000, hostname: oneLine(hostname()), cases: [whole, ...ofBlockers] },
    timestamp: options.startedAt?.get(answer) ?? new Date(Date.now() - totalMs),
    properties: propertiesOf(answer),
  }
}

function propertiesOf(answer: Answer): [string, string][] {
  const { run, evidence } = answer
  const sentences: [string, string | null][] = [
    ['verdict', verdictOf(answer)],
    ['engine', run && engineSentence(run)],
    ['restore', run && restoreSentence(run)],
    ...restorationProperties(run?.restoration ?? null),
    ['timing', run && timingSentence(run)],
    ['evidence', evidence && evidenceSentence(evidence)],
  ]
  return sentences.flatMap(([name, value]) => (value === null ? [] : [[name, oneLine(value)]]))
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

function failureOf(answer: Answer, blocker: Blocker): JunitOutcome {
  return failure(blockerMessage(blocker, answer), typeOf(blocker), blockerText(answer, blocker))
}

/** Some readers show the message only, some the text only. */
const failure = (message: string, type: string, text: string): JunitOutcome => ({
  kind: 'failure',
  message: oneLine(message),
  type: oneLine(type),
  text: block(`${message}\n${text}`),
})

/** An engine says what failed in a line of its own, without an exception. */
function typeOf({ findings, kind, descriptors }: Blocker): string {
  return findings[0]?.type ?? (kind === 'other' && descriptors.length === 0 ? 'engine' : kind)
}

const skipped = (message: string): JunitOutcome => ({
  ...{ kind: 'skipped', type: null, text: '' },
  message: oneLine(message),
})

/**
 * What became of the whole, and what is said with it. A failed expectation is a failure, a check that could not tell is
 * an error, a text that says nothing is skipped; so is what fails blocker by blocker, in cases of their own: N blockers
 * are N failures.
 */
function judge(answer: Answer, expectation: JunitExpectation | null): [JunitOutcome | null, said: string[]] {
  const { verdict, headline, note, blockers, run } = answer
  if (verdict === null) return [skipped(headline), [block(headline)]]
  if (verdict === 'failed') {
    const { code, message } = run?.failure ?? { code: 'UNKNOWN', message: 'the harness did not say why' }
    const title = `${titleOf(answer)} (${code})`
    const text = block(`${title}\n${message}`)
    return [{ kind: 'error', message: oneLine(title), type: oneLine(code), text }, []]
  }
  const said = run === null || run.engine.output === '' ? [] : [block(run.engine.output)]
  const unmet = (expectation?.unmet ?? []).map((id) => `expected a blocker that is not there: ${id}`)
  if (unmet.length > 0) return [failure(titleOf(answer), verdictOf(answer), unmet.join('\n')), said]
  const unexpected = blockers.filter((blocker) => !isExpected(blocker, expectation))
  if (unexpected.length > 0)
    return [skipped(`${count(unexpected.length, 'blocker')}, each a failure of its own`), said]
  const { restoration } = run ?? {}
  // A restore was asked for, and a pass would promise one.
  if (verdict === 'checkpointable' && restoration?.verdict === 'not-tried') {
    const message = `The restore was not tried: ${restoration.reason ?? ''}`
    return [{ kind: 'error', message: oneLine(message), type: 'NOT_RESTORED', text: block(message) }, said]
  }
  // A verdict of `blocked` without blockers would be a fault of the join: it must not turn into a pass.
  if (verdict === 'checkpointable' || blockers.length > 0)
    return [null, isUnwatched(answer) ? [block(titleOf(answer))] : []]
  const whole = [headline, ...(note === null ? [] : [note])].join('. ')
  return [failure(run === null ? whole : titleOf(answer), verdictOf(answer), whole), said]
}

function isExpected({ id }: Blocker, expectation: JunitExpectation | null): boolean {
  return expectation?.blockers.includes(id) ?? false
}
