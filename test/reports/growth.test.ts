import { test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import type { FoundBlocker } from '../../harness/model/finding.js'
import type { Report } from '../../harness/model/report.js'
import { toAnnotations } from '../../reports/annotations.js'
import { toCodeQuality } from '../../reports/code-quality.js'
import { compareAnswers } from '../../reports/diff/compare.js'
import { renderComparison } from '../../reports/diff/text.js'
import { policyFile } from '../../reports/explain/policy-file.js'
import { toCollapsed } from '../../reports/flame/collapsed.js'
import { toSpeedscope } from '../../reports/flame/speedscope.js'
import { toHtml } from '../../reports/html/html.js'
import { toJson } from '../../reports/json.js'
import { toJunit } from '../../reports/junit/junit.js'
import { toLogRecords } from '../../reports/otlp/log-records.js'
import { toGauges } from '../../reports/otlp/metrics.js'
import { toSpans } from '../../reports/otlp/spans.js'
import { wrap } from '../../reports/parts/terminal-text.js'
import { toSarif } from '../../reports/sarif.js'
import { renderBrief } from '../../reports/terminal/brief.js'
import { renderGroups } from '../../reports/terminal/groups.js'
import { renderLedger } from '../../reports/terminal/ledger.js'
import { renderTerminal } from '../../reports/terminal/terminal.js'
import { springBoot } from '../fixtures/reports/reports.js'
import { expectLinear } from '../support/growth.js'

const LONG = { timeout: 120_000 }
const look = { color: false, width: 100 }

/** As many blockers as descriptors, half of them accepted, and one more that has all of them. */
function large(size: number): Report {
  const [descriptor] = springBoot.descriptors
  const [blocker] = springBoot.blockers
  const frame = { class: 'com.acme.Orders', method: 'open', file: null }
  const descriptors = Array.from({ length: size }, (_, fd) => ({
    ...descriptor!,
    fd,
    watches: [(fd + 1) % size],
    origin: {
      ...{ atMs: 1, thread: 'main', tid: 1, syscall: 'openat', native: [] },
      java: [{ ...frame, line: fd + 1 }],
    },
  }))
  const [finding] = blocker!.findings
  const findings = descriptors.map(({ fd }) => ({ ...finding!, fd, creationStack: [] }))
  const blockers = descriptors.map(({ fd }) => ({
    ...blocker!,
    id: `file:${fd}`,
    descriptors: [fd],
    findings: [findings[fd]!],
    remedy: { text: 'Close it.', policy: `type: file\npath: /srv/${fd}\naction: close` },
  }))
  return {
    ...springBoot,
    known: {
      ...{ gone: [], unmet: [], strict: false },
      accepted: blockers.flatMap(({ id }, i) => (i % 2 === 0 ? [id] : [])),
    },
    timing: { ...springBoot.timing, begin: '2026-03-01T10:00:00Z' },
    descriptors,
    blockers: [...blockers, { ...blocker!, findings, descriptors: descriptors.map(({ fd }) => fd) }],
  }
}

const found = (blocker: Report['blockers'][number]): FoundBlocker =>
  ({
    ...blocker,
    findings: blocker.findings.map((finding) => ({ ...finding, subject: { is: 'unnamed' } })),
  }) as FoundBlocker

const outputs: Record<string, (report: Report) => unknown> = {
  terminal: (report) => renderTerminal(answerOf(report), look),
  'terminal of a ledger': (report) => renderLedger(report.descriptors, look),
  HTML: (report) => toHtml([answerOf(report)]),
  JUnit: (report) => toJunit([answerOf(report)], { xmlFile: '/tmp/none.xml', attachments: new Map() }),
  JSON: toJson,
  speedscope: ({ descriptors }) => toSpeedscope(descriptors, 'orders'),
  'collapsed stacks': ({ descriptors }) => toCollapsed(descriptors),
  brief: (report) => renderBrief(answerOf(report), look),
  SARIF: (report) => toSarif([answerOf(report)]),
  'code quality': (report) => toCodeQuality([answerOf(report)]),
  'annotations of GitHub': (report) => toAnnotations([answerOf(report)], 'github'),
  'annotations of GitLab': (report) => toAnnotations([answerOf(report)], 'gitlab'),
  'what OTLP sends': (report) => {
    const answer = answerOf(report)
    return [toSpans(answer), toLogRecords(answer), toGauges(answer)]
  },
  'a comparison': (report) =>
    renderComparison(
      compareAnswers(answerOf(report), answerOf({ ...report, blockers: [], descriptors: [] })),
    ),
  'a comparison with itself': (report) =>
    renderComparison(compareAnswers(answerOf(report), answerOf(report))),
  'a file of policies': ({ blockers }) => policyFile(blockers.map(found), 'x').text,
  'one large group': ({ descriptors }) => {
    const stacks = descriptors.map(({ origin }) => ({ frames: origin?.java ?? [], owner: null, count: 1 }))
    return renderGroups([{ name: 'a', entries: descriptors, stacks }], {
      ...look,
      by: 'site',
      stackLines: 20,
    })
  },
  'a table of as many groups': ({ descriptors }) => {
    const groups = descriptors.map((entry) => ({ name: `${entry.fd}`, entries: [entry], stacks: [] }))
    return renderGroups(groups, { ...look, by: 'site', stackLines: 20 })
  },
}

test.for(Object.entries(outputs))(
  '%s is written in time with the number of descriptors',
  LONG,
  async ([, write]) => {
    await expectLinear(
      (size) => {
        const report = large(size)
        return () => write(report)
      },
      [1000, 2000, 4000],
    )
  },
)

/** What a text can be made of that is to be broken into lines. */
const texts: Record<string, (size: number) => string> = {
  'one word without end': (size) => 'x'.repeat(size),
  'words of one letter': (size) => 'x '.repeat(size / 2),
  'marks that take no room': (size) => `a${'\u0301'.repeat(size)}`,
  'wide characters': (size) => '世'.repeat(size),
  'faces that are joined': (size) => '👩\u200d'.repeat(size / 3),
  'places to break at': (size) => 'a/b.c,'.repeat(size / 6),
  'nothing but space': (size) => ' '.repeat(size),
}

test.for(Object.entries(texts))(
  '%s: is broken into lines in time with its length',
  LONG,
  async ([, make]) => {
    await expectLinear(
      (size) => {
        const text = make(size)
        return () => [wrap(text, 40), wrap(text, Infinity)]
      },
      [20_000, 40_000, 80_000],
    )
  },
)
