import type { TestCase, TestSuite } from 'junit-report-builder'
import type { Blocker, Report } from '../../harness/model/report.js'
import { blockerMessage, blockerText, stacksText } from '../parts/blocker-text.js'
import { attachmentLines } from './attachments.js'
import { block, fail, newJunit, oneLine, uniqueNames } from './parts.js'
import { engineSentence, evidenceSentence, headline } from '../parts/sentences.js'

export interface JunitOptions {
  /** Files to attach to a report's suite; each must exist. */
  attachments?: ReadonlyMap<Report, string[]>
  /** Where the XML goes: attachments are named relative to its folder. */
  xmlFile?: string
  /** What was expected; a report that is not in it was expected to be checkpointable. */
  expectations?: ReadonlyMap<Report, JunitExpectation>
}

/** `blockers` are the ids that the scenario expects, `unmet` the expectations that no blocker met. */
export interface JunitExpectation {
  blockers: string[]
  unmet: string[]
}

/**
 * The reports as JUnit XML for Jenkins, GitLab and GitHub's reporters: one suite per scenario, with one case for
 * the scenario and one per blocker. Names hold ids only, so that a case is known again in the next run.
 */
export function toJunit(reports: readonly Report[], options: JunitOptions = {}): string {
  const junit = newJunit()
  const unique = uniqueNames()
  for (const report of reports) addSuite(junit.testSuite(), report, unique(oneLine(report.scenario)), options)
  return `${junit.build()}\n`
}

function addSuite(suite: TestSuite, report: Report, name: string, options: JunitOptions): void {
  const seconds = report.timing.totalMs / 1000
  suite.name(name).time(seconds)
  suite.property('verdict', report.verdict)
  suite.property('engine', oneLine(engineSentence(report)))
  suite.property('evidence', oneLine(evidenceSentence(report.evidence)))
  const named = options.expectations?.get(report)
  const expectation = named && named.blockers.length + named.unmet.length > 0 ? named : null
  // Jenkins takes what stands before the last dot for a package, GitLab shows the class as the suite.
  const newCase = (caseName: string) =>
    suite
      .testCase()
      .className(`crac-preflight.${name.replaceAll('.', '_')}`)
      .name(caseName)
  const whole = newCase(expectation === null ? 'checkpointable' : 'blocked as expected').time(seconds)
  judgeScenario(whole, report, expectation)
  const attached = attachmentLines(options.attachments?.get(report) ?? [], options.xmlFile)
  if (attached.length > 0) whole.standardOutput(attached.join('\n'))
  const unique = uniqueNames()
  for (const blocker of report.blockers) {
    const testCase = newCase(unique(oneLine(blocker.id))).time(0)
    if (!isExpected(blocker, expectation)) {
      fail(
        testCase,
        blockerMessage(blocker),
        blocker.findings[0]?.type ?? blocker.kind,
        blockerText(report, blocker),
      )
    }
  }
}

/** A failed expectation is a failure, a check that could not tell is an error: never both. */
function judgeScenario(testCase: TestCase, report: Report, expectation: JunitExpectation | null): void {
  if (report.verdict === 'failed') {
    const { code, message } = report.failure ?? { code: 'UNKNOWN', message: 'the harness did not say why' }
    testCase.error(oneLine(`${headline(report)} (${code})`), code, block(message))
    return
  }
  const unexpected = report.blockers.filter((blocker) => !isExpected(blocker, expectation))
  const unmet = (expectation?.unmet ?? []).map((id) => `expected a blocker that is not there: ${id}`)
  const passes = unexpected.length === 0 && unmet.length === 0
  // A verdict of `blocked` without blockers would be a fault of the join: it must not turn into a pass.
  if (passes && (report.verdict === 'checkpointable' || report.blockers.length > 0)) return
  const blockers = unexpected.map((blocker) => `${blockerMessage(blocker)}\n${stacksText(report, blocker)}`)
  fail(testCase, headline(report), report.verdict, [...unmet, ...blockers, report.engine.output].join('\n\n'))
}

function isExpected({ id }: Blocker, expectation: JunitExpectation | null): boolean {
  return expectation?.blockers.includes(id) ?? false
}
