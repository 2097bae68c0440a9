import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toAnnotations } from '../../reports/annotations.js'
import { toJson } from '../../reports/json.js'
import { renderTerminal } from '../../reports/terminal/terminal.js'
import { timed } from '../host/diagnosis/profile.js'
import { cracVersions } from '../checkpoint/engine.js'
import { traceModes } from '../ledger/ledger.js'
import { preflight } from '../preflight.js'
import { answerOf, type Answer } from '../model/answer.js'
import type { Report } from '../model/report.js'
import { annotationFormat, answerOutputs, answerTargets, assertAllWritable } from './output/answer-outputs.js'
import { interruption } from './interruption.js'
import { all, appSpec, one, oneOf, parseTime, seconds, type RawOptions } from './options.js'
import {
  assertOneOnStandardOutput,
  assertWritable,
  terminalOf,
  textOutput,
  writeOutputs,
  type Output,
} from './output/outputs.js'
import { otlpOutput } from './output/otlp.js'
import { Progress } from './output/progress.js'
import { parseWarmUp } from '../run/requests/warm-up-text.js'

const RESTORE_EXIT_CODES = { restored: 0, 'restore-failed': 1, 'not-tried': 3 } as const
const EXIT_CODES = { checkpointable: 0, blocked: 1, failed: 3 } as const

/** A restore that was asked for is a part of what is checked. */
function exitCodeOf({ verdict, restoration }: Report): number {
  if (verdict !== 'checkpointable' || restoration === null) return EXIT_CODES[verdict]
  return RESTORE_EXIT_CODES[restoration.verdict]
}

/** `check`: the whole flow, once, without a test runner. */
export async function check(options: RawOptions): Promise<number> {
  const spec = await appSpec(options)
  const warmUp = await Promise.all(all(options, 'warmUp').map(parseWarmUp))
  const annotations = annotationFormat(options)
  const targets = { json: one(options, 'json'), ...answerTargets(options) }
  assertOneOnStandardOutput(targets)
  await assertAllWritable(targets)
  const budget = one(options, 'restoreBudget')
  const toReceiver = await otlpOutput(options)
  const folder = one(options, 'reportFolder')
  const keepLog = folder === undefined ? undefined : join(folder, 'app.log')
  if (keepLog !== undefined) await assertWritable('report-folder', keepLog)
  const progress = new Progress(process.stderr)
  const report = await preflight(spec, {
    engine: oneOf(options, 'engine', ['auto', 'crac', 'rehearsal'], 'auto'),
    cracVersion: oneOf(options, 'crac-version', cracVersions, '25'),
    trace: oneOf(options, 'trace', traceModes, 'auto'),
    bootStacks: options.bootStacks === true,
    restore: options.restore === true || budget !== undefined,
    ...(budget !== undefined && { restoreBudgetMs: parseTime('restore-budget', budget) }),
    checkpointTimeoutMs: seconds(options, 'checkpoint-timeout', 60),
    signal: interruption(),
    onPhase: (phase) => {
      progress.begin(phase)
    },
    onTracer: (choice) => {
      progress.say(`tracer      ${choice}`)
    },
    ...(warmUp.length > 0 && { warmUp }),
    ...(keepLog !== undefined && { keepLog }),
  }).finally(() => {
    progress.end()
  })
  const answer = answerOf(report)
  const written = writeOutputs(
    exitCodeOf(report),
    [
      ...(targets.json === undefined ? [] : [textOutput('--json', targets.json, () => toJson(report))]),
      ...answerOutputs(options, [answer]),
      ...(folder === undefined ? [] : [folderOutput(folder, report, answer)]),
      ...toReceiver([answer]),
    ],
    (stream) =>
      renderTerminal(answer, terminalOf(stream)) +
      (annotations === null ? '' : toAnnotations([answer], annotations)),
  )
  return await timed('outputs written', written)
}

/** The app's log is there already, except of an app that was never started. */
function folderOutput(folder: string, report: Report, answer: Answer): Output {
  const write = async () => {
    const files = { log: join(folder, 'app.log'), checkpoint: join(folder, 'checkpoint.txt') }
    await writeFile(files.log, '', { flag: 'a' })
    await writeFile(files.checkpoint, report.engine.output)
    await writeFile(join(folder, 'report.json'), toJson(report))
    const xmlFile = join(folder, 'junit.xml')
    const { toJunit } = await import('../../reports/junit/junit.js')
    const attachments = new Map([[answer, Object.values(files)]])
    await writeFile(xmlFile, toJunit([answer], { xmlFile, attachments }))
  }
  return { option: '--report-folder', target: folder, write }
}
