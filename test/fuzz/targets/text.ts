import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainTexts } from '../../../harness/explain/explain.js'
import { parseOutput } from '../../../harness/checkpoint/output/output.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { toReported } from '../../../harness/model/finding.js'
import { findingSchema } from '../../../harness/model/report.js'
import { toAnnotations } from '../../../reports/annotations.js'
import { renderText } from '../../../reports/explain/text.js'
import { toJunit } from '../../../reports/junit/junit.js'
import type { Target } from '../target.js'

const fixtures = join(packageRoot, 'test', 'fixtures')
const printed = ['refused.txt', 'engine-failed.txt', 'passed.txt', 'not-restored.txt'].map((name) =>
  readFileSync(join(fixtures, 'output', name)),
)
const recorded = readFileSync(join(fixtures, 'transcripts', 'crac-21.0.4.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .flatMap((line) => {
    const { jcmd, app } = JSON.parse(line) as Record<'jcmd' | 'app', Record<string, string | null>>
    return [jcmd.stdout, app.stdout].filter((text) => typeof text === 'string' && text.length > 200)
  })
  .slice(0, 60)
  .map((text) => Buffer.from(String(text)))

/** No output may hold what a terminal or a parser of XML takes for more than text. */
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\ufffe\uffff]/

function expectPrintable(what: string, text: string): void {
  const found = unprintable.exec(text)
  if (found !== null) throw new Error(`${what} holds ${JSON.stringify(found[0])} at ${found.index}`)
}

export const text: Target = {
  name: 'text',
  seeds: [...printed, ...recorded],
  run: async (input) => {
    const [explained] = await explainTexts([{ name: 'x', text: [input] }], '25')
    if (explained === undefined) throw new Error('nothing was explained')
    for (const finding of parseOutput(input.toString('utf8')).findings)
      findingSchema.parse(toReported(finding))
    expectPrintable('text', renderText(explained.text, { color: false, width: 80 }))
    expectPrintable('JUnit', toJunit(explained.text.answers))
    expectPrintable('annotations', toAnnotations(explained.text.answers, 'github'))
  },
}
