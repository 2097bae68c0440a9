import { test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import type { Report } from '../../harness/model/report.js'
import { toCollapsed } from '../../reports/flame/collapsed.js'
import { toSpeedscope } from '../../reports/flame/speedscope.js'
import { toHtml } from '../../reports/html/html.js'
import { toJson } from '../../reports/json.js'
import { toJunit } from '../../reports/junit/junit.js'
import { renderLedger } from '../../reports/terminal/ledger.js'
import { renderTerminal } from '../../reports/terminal/terminal.js'
import { springBoot } from '../fixtures/reports/reports.js'
import { expectLinear } from '../support/growth.js'

const LONG = { timeout: 120_000 }
const look = { color: false, width: 100 }

/** As many blockers as descriptors, and one more that has all of them. */
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
  const blockers = descriptors.map(({ fd }) => ({ ...blocker!, id: `file:${fd}`, descriptors: [fd] }))
  return {
    ...springBoot,
    descriptors,
    blockers: [...blockers, { ...blocker!, descriptors: descriptors.map(({ fd }) => fd) }],
  }
}

const outputs: Record<string, (report: Report) => string> = {
  terminal: (report) => renderTerminal(answerOf(report), look),
  'terminal of a ledger': (report) => renderLedger(report.descriptors, look),
  HTML: (report) => toHtml([answerOf(report)]),
  JUnit: (report) => toJunit([answerOf(report)], { xmlFile: '/tmp/none.xml', attachments: new Map() }),
  JSON: toJson,
  speedscope: ({ descriptors }) => toSpeedscope(descriptors, 'orders'),
  'collapsed stacks': ({ descriptors }) => toCollapsed(descriptors),
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
      [250, 500, 1000],
    )
  },
)
