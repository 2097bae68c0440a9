import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { compareAnswers } from '../../reports/diff/compare.js'
import { renderComparison } from '../../reports/diff/text.js'
import { toHtml } from '../../reports/html/html.js'
import { jsonText } from '../../reports/parts/escape.js'
import { answerOf, type Answer } from '../model/answer.js'
import { UsageError } from '../model/errors.js'
import { reportSchema } from '../model/report.js'
import { one, type RawOptions } from './options.js'
import { assertOneOnStandardOutput, assertWritable, textOutput, writeOutputs } from './output/outputs.js'

/** `diff`: what is different between two reports of `check --json`. Exit 1 where a blocker is new. */
export async function diff(files: string[], options: RawOptions): Promise<number> {
  const [first, second, ...more] = files
  if (first === undefined || second === undefined || more.length > 0)
    throw new UsageError(
      `diff takes two reports, not ${files.length}. Write them with "check --json FILE", then: crac-preflight diff BEFORE.json AFTER.json`,
    )
  const targets = { json: one(options, 'json'), html: one(options, 'html') }
  assertOneOnStandardOutput(targets)
  for (const [option, target] of Object.entries(targets)) await assertWritable(option, target)
  const answers = [await readReport(first), await readReport(second)] as const
  const comparison = compareAnswers(...answers)
  const { json, html } = targets
  return await writeOutputs(
    comparison.blockers.added.length > 0 ? 1 : 0,
    [
      ...(json === undefined ? [] : [textOutput('--json', json, () => `${jsonText(comparison, 2)}\n`)]),
      ...(html === undefined ? [] : [textOutput('--html', html, () => toHtml(answers, { compare: true }))]),
    ],
    () => renderComparison(comparison),
  )
}

/** Of a folder that `--report-folder` has written its report. */
async function readReport(path: string): Promise<Answer> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const file = isFolder ? join(path, 'report.json') : path
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(
      `There is no report "${file}" that can be read. Write one with "check --json ${file}".`,
      { cause: error },
    )
  })
  try {
    return answerOf(reportSchema.parse(JSON.parse(text)))
  } catch (error) {
    throw new UsageError(
      `${file} is no report of this version of crac-preflight: it is not what "check --json" writes. Write it anew.`,
      { cause: error },
    )
  }
}
