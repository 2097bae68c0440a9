import { ROOT_CONTEXT } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { explainTexts } from '../../harness/explain/explain.js'
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
import { policyFile } from '../../reports/explain/policy-file.js'
import { renderText } from '../../reports/explain/text.js'
import { toHtml } from '../../reports/html/html.js'
import { toJson, toJsonOfMany } from '../../reports/json.js'
import { toJunit } from '../../reports/junit/junit.js'
import { loadOpenTelemetry } from '../../reports/otlp/otlp.js'
import { tell } from '../../reports/otlp/tell.js'
import { toSarif } from '../../reports/sarif.js'
import { renderBrief } from '../../reports/terminal/brief.js'
import { renderGroups } from '../../reports/terminal/groups.js'
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

const groups = (['owner', 'site', 'thread', 'kind'] as const).map((by) => ({
  by,
  groups: [{ name, entries: ledger, stacks: [{ frames: framesOf(ledger), owner: name, count: 1 }] }],
}))

function framesOf([descriptor]: typeof ledger) {
  return descriptor?.origin?.java ?? []
}

/** What CRaC prints of an app that has named its files and resources so: the same in each place where a name can stand. */
const printed = [
  'jdk.crac.CheckpointException',
  ...['\u001b[2J\u009b31m', '\u202e\u2028\u0085', command, `${command}\u0007\ufffe`].flatMap((each) => [
    `\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: /srv/${each}`,
    `\t\tat com.acme.${each}.open(${each}.java:1)`,
    `\tSuppressed: jdk.crac.impl.CheckpointOpenSocketException: Socket[addr=${each}/1.2.3.4,port=1,localport=2]`,
    `\tSuppressed: jdk.crac.impl.CheckpointOpenResourceException: ${each}`,
    `\tSuppressed: java.lang.IllegalStateException: ${each}`,
    `::error::x\n##[error]${each}`,
    `JVM: FD fd=7 type=regular path="/${each}" BAD: opened by application`,
  ]),
].join('\n')

const explained = async () => (await explainTexts([{ name, text: printed }], '25')).map(({ text }) => text)

/** Every text that a receiver gets, as it would be shown. */
async function sent(): Promise<string> {
  const by = { otel: await loadOpenTelemetry(), version: '0' }
  const parts = answers.map(async (answer) => {
    const timing = { ...springBoot.timing, begin: '2026-03-01T10:00:00Z', totalMs: 1, steps: [] }
    const told = await tell({ ...answer, run: answer.run && { ...answer.run, timing } }, ROOT_CONTEXT, by)
    const points = told.metrics.scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes)),
    )
    expect([told.spans.length, told.records.length, points.length].map((length) => length > 0)).not.toContain(
      false,
    )
    const spans = told.spans.map((each) => [
      each.name,
      each.status,
      each.attributes,
      each.events,
      each.resource.attributes,
    ])
    const records = told.records.map((each) => [each.body, each.attributes])
    return textsOf([spans, records, points])
  })
  return (await Promise.all(parts)).flat().join('\n')
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each)])
}

/** Every output that is text: of a check, of a ledger, of a text, of a comparison, of what is sent. */
const outputs: Record<string, () => string | Promise<string>> = {
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
  'groups of a trace': () =>
    groups.map(({ by, groups }) => renderGroups(groups, { ...look, by, stackLines: 20 })).join(''),
  OTLP: sent,
  explain: async () => (await explained()).map((text) => renderText(text, look)).join(''),
  'annotations of explain': async () =>
    (await explained()).map((text) => toAnnotations(text.answers, 'github')).join(''),
  'policies of explain': async () =>
    (await explained())
      .map(
        ({ answers }) =>
          policyFile(
            answers.flatMap(({ blockers }) => blockers),
            name,
          ).text ?? '',
      )
      .join(''),
}

/** What a terminal, a reader's eye or a parser takes for more than text: a new line is ours, a tab is harmless. */
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u
const taken = {
  'a command of Azure’s or TeamCity’s': /##\w*\[/,
  'a command of GitHub’s that is not ours':
    /^\s*::(?!(?:error|notice|warning|group|endgroup)(?: |::))|^\s*::error::[xy]/m,
}

describe.for(Object.keys(outputs))('what an app has named is only text: %s', (output) => {
  test('nothing in it is invisible', async () => {
    const text = await outputs[output]!()
    expect(text).not.toBe('')
    // GitLab's sections begin and end with these.
    const own = output.endsWith('GitLab') ? text.replaceAll(/\u001b\[0K|\r(?=\u001b|\n)/g, '') : text
    expect(invisible.exec(own)).toBeNull()
  })
  test.for(Object.entries(taken))('nothing in it is %s', async ([, words]) => {
    expect(words.exec(await outputs[output]!())?.[0] ?? null).toBeNull()
  })
})
