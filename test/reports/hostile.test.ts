import { describe, expect, test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import type { LedgerReport } from '../../harness/model/ledger.js'
import type { Report } from '../../harness/model/report.js'
import { toAnnotations } from '../../reports/annotations.js'
import { toCodeQuality } from '../../reports/code-quality.js'
import { compareAnswers } from '../../reports/diff/compare.js'
import { compareLedgers, renderLedgerComparison } from '../../reports/diff/ledgers.js'
import { renderComparison } from '../../reports/diff/text.js'
import { toCollapsed } from '../../reports/flame/collapsed.js'
import { toSpeedscope } from '../../reports/flame/speedscope.js'
import { toHtml } from '../../reports/html/html.js'
import { toJson, toJsonOfMany } from '../../reports/json.js'
import { toJunit } from '../../reports/junit/junit.js'
import { toSarif } from '../../reports/sarif.js'
import { renderBrief } from '../../reports/terminal/brief.js'
import { renderLedger } from '../../reports/terminal/ledger.js'
import { renderOverview } from '../../reports/terminal/overview.js'
import { renderTerminal } from '../../reports/terminal/terminal.js'
import { hostile, hostileText, springBoot } from '../fixtures/reports/reports.js'

/** One for each place, so that none is kept back as the same as another. */
const command = '##vso[task.complete result=Failed]'
const name = `::error::x${hostileText}\u0085\u009b31m\u2029${command}\n::error::y\n ::set-output name=x::y\n${command}`
const named: Report = {
  ...hostile,
  scenario: name,
  app: { ...hostile.app, image: name, command: [name] },
  engine: { ...hostile.engine, output: name, note: name },
  evidence: { ...hostile.evidence, note: name },
  blockers: hostile.blockers.map((blocker) => ({
    ...blocker,
    id: `file:${name}${blocker.id}`,
    summary: name,
    findings: blocker.findings.map((finding) => ({ ...finding, type: name, message: name })),
    owner: { frame: name, artifact: name, jar: name },
    remedy: { text: name, policy: name },
  })),
  descriptors: hostile.descriptors.map((each) => ({ ...each, target: name, peer: name, missing: name })),
}
const failing: Report = {
  ...named,
  verdict: 'failed',
  failure: { code: 'APP_DIED', message: name },
  blockers: [],
}
const answers = [answerOf(named), answerOf(failing)]
const look = { color: false, width: 100 }
const ledger = named.descriptors

const toLedger = (descriptors: typeof ledger): LedgerReport => ({
  ...{ schema: 'crac-preflight/ledger@1', scenario: name, descriptors, evidence: named.evidence },
  ...{ by: 'site', groups: [] },
})

/** Every output that is text, of a check, of a ledger and of a comparison. */
const outputs: Record<string, () => string> = {
  json: () => toJson(named),
  'merged json': () => toJsonOfMany([named, failing]),
  junit: () => toJunit(answers),
  html: () => toHtml(answers),
  sarif: () => toSarif(answers),
  'code quality': () => toCodeQuality(answers),
  terminal: () => answers.map((answer) => renderTerminal(answer, look)).join(''),
  brief: () => answers.map((answer) => renderBrief(answer, look)).join(''),
  overview: () => renderOverview(answers, look),
  ledger: () => renderLedger(ledger, look),
  speedscope: () => toSpeedscope(ledger, name),
  collapsed: () => toCollapsed(ledger),
  'comparison of answers': () => renderComparison(compareAnswers(answerOf(springBoot), answerOf(named))),
  'comparison of ledgers': () => renderLedgerComparison(compareLedgers(toLedger([]), toLedger(ledger)), 100),
  'annotations of GitHub': () => toAnnotations(answers, 'github'),
  'annotations of GitLab': () => toAnnotations(answers, 'gitlab'),
}

/** What a terminal, a reader's eye or a parser takes for more than text: a new line is ours, a tab is harmless. */
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u
const taken = {
  'a command of Azure’s or TeamCity’s': /##\w*\[/,
  'a command of GitHub’s that is not ours':
    /^\s*::(?!(?:error|notice|warning|group|endgroup)(?: |::))|^\s*::error::[xy]/m,
}

describe.for(Object.keys(outputs))('what an app has named is only text: %s', (output) => {
  const text = outputs[output]!()
  test('nothing in it is invisible', () => {
    // GitLab's sections begin and end with these.
    const own = output.endsWith('GitLab') ? text.replaceAll(/\u001b\[0K|\r(?=\u001b|\n)/g, '') : text
    expect(invisible.exec(own)).toBeNull()
  })
  test.for(Object.entries(taken))('nothing in it is %s', ([, words]) => {
    expect(words.exec(text)?.[0] ?? null).toBeNull()
  })
})
