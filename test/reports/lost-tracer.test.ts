import { expect, test } from 'vitest'
import { answerOf } from '../../harness/model/answer.js'
import { toAnnotations } from '../../reports/annotations.js'
import { toHtml } from '../../reports/html/html.js'
import { toJunit } from '../../reports/junit/junit.js'
import { renderTerminal } from '../../reports/terminal/terminal.js'
import { checkpointable } from '../fixtures/reports/reports.js'

const lost = answerOf({ ...checkpointable, evidence: { ...checkpointable.evidence, tracer: 'lost' } })

/** The first thing that each output says of the answer. */
const firsts: Record<string, () => string | undefined> = {
  terminal: () => renderTerminal(lost, { color: false, width: 200 }).split('\n')[0],
  HTML: () => /<h2>([^]*?)<\/h2>/.exec(toHtml([lost]))?.[1],
  JUnit: () => /<system-out><!\[CDATA\[([^]*?)(?:\n|\]\])/.exec(toJunit([lost]))?.[1],
  'GitHub annotations': () => toAnnotations([lost], 'github').split('\n')[0],
  'GitLab sections': () => toAnnotations([lost], 'gitlab').split('\n')[1],
}

test.for(Object.keys(firsts))(
  'what is checkpointable without its tracer says so in its first line: %s',
  (output) => {
    expect(firsts[output]!()).toContain('the tracer was lost; what was seen does not speak against')
  },
)
