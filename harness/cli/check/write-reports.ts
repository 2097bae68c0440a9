import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toAnnotations } from '../../../reports/annotations.js'
import { toJson, toJsonOfMany } from '../../../reports/json.js'
import { nameFiles } from '../../../reports/parts/file-names.js'
import { renderBrief } from '../../../reports/terminal/brief.js'
import { renderOverview } from '../../../reports/terminal/overview.js'
import { renderTerminal } from '../../../reports/terminal/terminal.js'
import { answerOf, type Answer } from '../../model/answer.js'
import { UsageError } from '../../model/errors.js'
import type { Report } from '../../model/report.js'
import { one, type RawOptions } from '../options.js'
import {
  annotationFormat,
  answerOutputs,
  answerTargets,
  assertAllWritable,
} from '../output/answer-outputs.js'
import {
  assertOneOnStandardOutput,
  terminalOf,
  textOutput,
  writeOutputs,
  type Output,
} from '../output/outputs.js'
import { otlpOutput } from '../output/otlp.js'
import { worstOf } from './exit-code.js'

type ToReceiver = Awaited<ReturnType<typeof otlpOutput>>

/** Fails before anything runs where what it comes to could not be written; gives what sends it to others. */
export async function assertOutputs(options: RawOptions): Promise<ToReceiver> {
  const targets = { json: one(options, 'json'), ...answerTargets(options) }
  assertOneOnStandardOutput(targets)
  await assertAllWritable(targets)
  annotationFormat(options)
  if (options.quiet === true && options.verbose === true)
    throw new UsageError('--quiet and --verbose contradict each other. Leave one of them out.')
  return await otlpOutput(options)
}

/** Every output that was asked for, of one report or of many together; returns the exit code of the worst. */
export async function writeReports(
  options: RawOptions,
  reports: readonly Report[],
  { many, toReceiver }: { many: boolean; toReceiver: ToReceiver },
): Promise<number> {
  const answers = reports.map(answerOf)
  const json = one(options, 'json')
  const folder = one(options, 'reportFolder')
  const annotations = annotationFormat(options)
  const outputs = [
    ...(json === undefined ? [] : [textOutput('--json', json, () => jsonOf(reports, many))]),
    ...answerOutputs(options, answers),
    ...(folder === undefined ? [] : [folderOutput(folder, reports, answers, many)]),
    ...toReceiver(answers),
  ]
  return await writeOutputs(
    worstOf(reports),
    outputs,
    (stream) =>
      textOf(answers, options, stream) + (annotations === null ? '' : toAnnotations(answers, annotations)),
  )
}

const jsonOf = (reports: readonly Report[], many: boolean): string => {
  const [only] = reports
  return many || only === undefined ? toJsonOfMany(reports) : toJson(only)
}

function textOf(answers: readonly Answer[], options: RawOptions, stream: NodeJS.WriteStream): string {
  const look = { ...terminalOf(stream), whole: options.verbose === true }
  if (options.quiet === true) return answers.map((answer) => renderBrief(answer, look)).join('')
  const texts = answers.map((answer) => renderTerminal(answer, look))
  return [...texts, ...(answers.length > 1 ? [renderOverview(answers, look)] : [])].join('\n')
}

/** The apps' logs are there already, except of an app that was never started. */
function folderOutput(
  folder: string,
  reports: readonly Report[],
  answers: readonly Answer[],
  many: boolean,
): Output {
  const write = async () => {
    const attachments = new Map<Answer, string[]>()
    for (const [index, own] of foldersOf(folder, reports, many).entries()) {
      const [report, answer] = [reports[index], answers[index]]
      if (report === undefined || answer === undefined) continue
      const files = { log: join(own, 'app.log'), checkpoint: join(own, 'checkpoint.txt') }
      await mkdir(own, { recursive: true })
      await writeFile(files.log, '', { flag: 'a' })
      await writeFile(files.checkpoint, report.engine.output)
      await writeFile(join(own, 'report.json'), toJson(report))
      attachments.set(answer, Object.values(files))
    }
    if (many) await writeFile(join(folder, 'reports.json'), toJsonOfMany(reports))
    const xmlFile = join(folder, 'junit.xml')
    const { toJunit } = await import('../../../reports/junit/junit.js')
    await writeFile(xmlFile, toJunit(answers, { xmlFile, attachments }))
  }
  return { option: '--report-folder', target: folder, write }
}

/** The folder of each report: the whole where there is one, else one below it by the app's name. */
export function foldersOf(
  folder: string,
  reports: readonly Pick<Report, 'scenario'>[],
  many: boolean,
): string[] {
  if (!many) return [folder]
  return [...nameFiles(reports.map((report) => ({ report }))).keys()].map((name) => join(folder, name))
}
