import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { compareAll, type Comparison } from '../../reports/diff/compare.js'
import { renderComparison } from '../../reports/diff/text.js'
import { toHtml } from '../../reports/html/html.js'
import { jsonText } from '../../reports/parts/escape.js'
import { answerOf, type Answer } from '../model/answer.js'
import { UsageError } from '../model/errors.js'
import { one, type RawOptions } from './options.js'
import { assertOneOnStandardOutput, assertWritable, textOutput, writeOutputs } from './output/outputs.js'
import { parseReports } from './read-reports.js'

/** `diff`: what is different between two files of `check --json` or `merge --json`. Exit 1 where a blocker is new. */
export async function diff(files: string[], options: RawOptions): Promise<number> {
  const [first, second, ...more] = files
  if (first === undefined || second === undefined || more.length > 0)
    throw new UsageError(
      `diff takes two reports, not ${files.length}. Write them with "check --json FILE", then: crac-preflight diff BEFORE.json AFTER.json`,
    )
  const targets = { json: one(options, 'json'), html: one(options, 'html') }
  assertOneOnStandardOutput(targets)
  for (const [option, target] of Object.entries(targets)) await assertWritable(option, target)
  const [before, after] = [await readAnswers(first), await readAnswers(second)]
  const comparisons = compareAll(before, after)
  const { json, html } = targets
  const page = (): string => toHtml([...before, ...after], { compare: { before: before.length } })
  return await writeOutputs(
    comparisons.some(({ blockers }) => blockers.added.length > 0) ? 1 : 0,
    [
      ...(json === undefined ? [] : [textOutput('--json', json, () => toJson(comparisons))]),
      ...(html === undefined ? [] : [textOutput('--html', html, page)]),
    ],
    () => comparisons.map(renderComparison).join('\n'),
  )
}

/** One by itself; several in a list. */
function toJson(comparisons: readonly Comparison[]): string {
  const [only] = comparisons
  return `${jsonText(only !== undefined && comparisons.length === 1 ? only : { comparisons }, 2)}\n`
}

/** Of a folder that `--report-folder` has written its report. */
async function readAnswers(path: string): Promise<Answer[]> {
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
    const read = parseReports(JSON.parse(text))
    if (read?.success !== true) throw read?.error ?? new Error('Its schema is none of a report.')
    return read.data.map(answerOf)
  } catch (error) {
    throw new UsageError(
      `${file} is no report of this version of crac-preflight: it is not what "check --json" or "merge --json" writes. Write it anew.`,
      { cause: error },
    )
  }
}
