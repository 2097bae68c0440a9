import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toHtml } from '../../reports/html/html.js'
import { toJson } from '../../reports/json.js'
import { toJunit } from '../../reports/junit/junit.js'
import { renderTerminal } from '../../reports/terminal/terminal.js'
import { cracVersions } from '../checkpoint/engine.js'
import { traceModes } from '../ledger/ledger.js'
import { preflight } from '../preflight.js'
import type { Report } from '../model/report.js'
import type { RunningApp } from '../run/running-app.js'
import { interruption } from './interruption.js'
import {
  all,
  appSpec,
  one,
  oneOf,
  parseRequest,
  seconds,
  STANDARD_STREAM,
  type RawOptions,
} from './options.js'
import { assertOneOnStandardOutput, assertWritable, terminalOf, write } from './outputs.js'
import { Progress } from './progress.js'

const EXIT_CODES = { checkpointable: 0, blocked: 1, failed: 3 } as const

/** `check`: the whole flow, once, without a test runner. */
export async function check(options: RawOptions): Promise<number> {
  const spec = await appSpec(options)
  const requests = all(options, 'warmUp').map(parseRequest)
  const outputs = { json: one(options, 'json'), junit: one(options, 'junit'), html: one(options, 'html') }
  assertOneOnStandardOutput(outputs)
  for (const [option, path] of Object.entries(outputs)) await assertWritable(option, path)
  const folder = one(options, 'reportFolder')
  if (folder !== undefined) await assertWritable('report-folder', join(folder, 'app.log'))
  const progress = new Progress(process.stderr)
  let appOutput = ''
  const report = await preflight(spec, {
    engine: oneOf(options, 'engine', ['auto', 'crac', 'rehearsal'], 'auto'),
    cracVersion: oneOf(options, 'crac-version', cracVersions, '25'),
    trace: oneOf(options, 'trace', traceModes, 'auto'),
    bootStacks: options.bootStacks === true,
    checkpointTimeoutMs: seconds(options, 'checkpoint-timeout', 60),
    signal: interruption(),
    onPhase: (phase) => {
      progress.begin(phase)
    },
    onTracer: (choice) => {
      progress.say(`tracer      ${choice}`)
    },
    ...(requests.length > 0 && { warmUp: (app) => send(app, requests) }),
    beforeStop: (app: RunningApp) => {
      appOutput = app.output
      return Promise.resolve()
    },
  }).finally(() => {
    progress.end()
  })
  await writeOutputs(report, outputs)
  if (folder !== undefined) await writeFolder(folder, report, appOutput)
  // With an output for programs on standard output, people read the report on standard error.
  const stream = Object.values(outputs).includes(STANDARD_STREAM) ? process.stderr : process.stdout
  stream.write(renderTerminal(report, terminalOf(stream)))
  return EXIT_CODES[report.verdict]
}

async function send(app: RunningApp, requests: { method: string; url: string }[]): Promise<void> {
  for (const { method, url } of requests) {
    const { ok, status } = await answerOf(app.reachable(url), method).catch((error: unknown) => {
      throw new Error(`${method} ${url} got no whole answer`, { cause: (error as Error).cause ?? error })
    })
    if (!ok) throw new Error(`${method} ${url} answered ${status}`)
  }
}

/** Read to its end. */
async function answerOf(url: string, method: string): Promise<Response> {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(30_000) })
  await response.arrayBuffer()
  return response
}

async function writeOutputs(
  report: Report,
  { json, junit, html }: Record<'json' | 'junit' | 'html', string | undefined>,
): Promise<void> {
  if (json !== undefined) await write(json, toJson(report))
  if (junit !== undefined) await write(junit, toJunit([report], { xmlFile: junit }))
  if (html !== undefined) await write(html, toHtml([report]))
}

async function writeFolder(folder: string, report: Report, appOutput: string): Promise<void> {
  const files = { log: join(folder, 'app.log'), checkpoint: join(folder, 'checkpoint.txt') }
  await writeFile(files.log, appOutput)
  await writeFile(files.checkpoint, report.engine.output)
  await writeFile(join(folder, 'report.json'), toJson(report))
  const xmlFile = join(folder, 'junit.xml')
  await writeFile(
    xmlFile,
    toJunit([report], { xmlFile, attachments: new Map([[report, Object.values(files)]]) }),
  )
}
