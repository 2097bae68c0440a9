import { join } from 'node:path'
import { UsageError } from '../../model/errors.js'
import { cracVersions } from '../../checkpoint/engine.js'
import { traceModes } from '../../ledger/ledger.js'
import { timed } from '../../host/diagnosis/profile.js'
import { preflight } from '../../preflight.js'
import { parseWarmUp } from '../../run/requests/warm-up-text.js'
import { interruption } from '../interruption.js'
import { all, appSpec, one, oneOf, parseTime, seconds, type RawOptions } from '../options.js'
import { assertWritable } from '../output/outputs.js'
import { Progress } from '../output/progress.js'
import { Accepted } from './accepted.js'
import { assertOutputs, writeReports } from './write-reports.js'

/** `check`: the whole flow, once, without a test runner; of one app, or of those that a file names. */
export async function check(names: string[], options: RawOptions): Promise<number> {
  const command = options['--'] ?? []
  const elsewhere = options.image ?? options.kubernetes
  if (command.length === 0 && elsewhere === undefined)
    return await (await import('./check-services.js')).checkServices(names, options)
  if (names.length > 0)
    throw new UsageError(
      `"${names.join(' ')}" names apps of crac-preflight.yaml, and ${command.length > 0 ? 'a command stands after "--"' : `${options.image === undefined ? '--kubernetes' : '--image'} names another`}. Leave one of them out.`,
    )
  return await checkApp(options)
}

async function checkApp(options: RawOptions): Promise<number> {
  const spec = await appSpec(options)
  const warmUp = all(options, 'warmUp').map((text) => parseWarmUp(text))
  const toReceiver = await assertOutputs(options)
  const accepted = await Accepted.of(options)
  const budget = one(options, 'restoreBudget')
  const keepImage = one(options, 'keepImage')
  const folder = one(options, 'reportFolder')
  const keepLog = folder === undefined ? undefined : join(folder, 'app.log')
  if (keepLog !== undefined) await assertWritable('report-folder', keepLog)
  const progress = new Progress(process.stderr, { quiet: options.quiet === true })
  const report = await preflight(spec, {
    engine: oneOf(options, 'engine', ['auto', 'crac', 'rehearsal'], 'auto'),
    cracVersion: oneOf(options, 'crac-version', cracVersions, '25'),
    trace: oneOf(options, 'trace', traceModes, 'auto'),
    bootStacks: options.bootStacks === true,
    restore: [options.restore, options.restoreOnce].includes(true) || (budget ?? keepImage) !== undefined,
    restoreOnce: options.restoreOnce === true,
    ...(keepImage !== undefined && { keepImage }),
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
  const known = await accepted.judge([report], () => ({ expect: 'checkpointable', tolerate: [] }))
  return await timed('outputs written', writeReports(options, known, { many: false, toReceiver }))
}
