import { toCollapsed } from '../../../reports/flame/collapsed.js'
import { toSpeedscope } from '../../../reports/flame/speedscope.js'
import { toHtml } from '../../../reports/html/html.js'
import { jsonText, notACommand, printable } from '../../../reports/parts/escape.js'
import { renderGroups } from '../../../reports/terminal/groups.js'
import { renderLedger } from '../../../reports/terminal/ledger.js'
import { traceToExit } from '../../trace/trace-exit.js'
import { traceApp, tracePid } from '../../trace/trace-running.js'
import type { Answer } from '../../model/answer.js'
import { UsageError } from '../../model/errors.js'
import { masked, maskError, maskOf } from '../../model/mask.js'
import { interruption } from '../interruption.js'
import { all, appSpec, one, type RawOptions } from '../options.js'
import { answerOutputs } from '../output/answer-outputs.js'
import { assertWritable, terminalOf, textOutput, writeOutputs } from '../output/outputs.js'
import { Progress } from '../output/progress.js'
import { traceRequest, type TraceRequest } from './request.js'

/** `trace`: the ledger only, of an app that it starts, to its end if wanted, or of a JVM that runs already. */
export async function trace(words: readonly string[], given: RawOptions): Promise<number> {
  if (given.diff !== undefined) return await (await import('./diff-ledgers.js')).diffLedgers(words, given)
  const [word] = words
  if (word !== undefined)
    throw new UsageError(
      `"${word}" stands where no word is expected. Give the app's command after "--", like: -- java -jar app.jar, or name a JVM that runs: --pid ${word}.`,
    )
  if (isBare(given)) return await (await import('./choose-jvm.js')).listJvms()
  const options = await withPid(given)
  const request = traceRequest(options)
  if (options.watch !== undefined) return await (await import('./watch.js')).watch(options, request)
  const mask = maskOf(all(options, 'mask'))
  const tracing = request.pid === null ? ofApp(options, request) : ofPid(options, request.pid, request)
  const traced = await tracing.catch((error: unknown) => {
    throw maskError(error, mask)
  })
  return await tell(masked(traced, mask), request, options)
}

/** Nothing is asked for: neither an app nor how to trace it. */
const isBare = ({ '--': command = [], ...options }: RawOptions): boolean =>
  command.length === 0 && Object.values(options).every((value) => value === undefined)

/** With the number of the JVM that `--pid` names. */
async function withPid(options: RawOptions): Promise<RawOptions> {
  const pid = one(options, 'pid')
  if (pid === undefined) return options
  return { ...options, pid: [await (await import('./choose-jvm.js')).pidOf(pid)] }
}

async function ofApp(options: RawOptions, request: TraceRequest): Promise<Answer> {
  const spec = await appSpec(options)
  await assertOutputs(request)
  const watch = {
    by: request.by ?? 'owner',
    trace: request.trace,
    bootStacks: options.bootStacks === true,
    forMs: request.forMs,
    interrupted: interruption('asks for the list'),
    onTracer: (choice: string) => {
      new Progress(process.stderr).say(`tracer      ${choice}`)
    },
  } as const
  return request.atExit
    ? await traceToExit(spec, watch, (what) => process.stderr.write(`crac-preflight: ${what}\n`))
    : await traceApp(spec, watch)
}

async function ofPid(options: RawOptions, pid: number, request: TraceRequest): Promise<Answer> {
  await assertOutputs(request)
  const watch = {
    by: request.by ?? 'owner',
    trace: request.trace,
    forMs: request.forMs,
    interrupted: interruption('asks for the list'),
  } as const
  return await tracePid(pid, one(options, 'name'), watch, (name) => {
    const until = request.forMs === null ? 'until Ctrl-C' : `for ${request.forMs / 1000} s`
    process.stderr.write(
      `crac-preflight: tracing process ${pid} (${notACommand(printable(name))}) ${until}\n`,
    )
  })
}

async function assertOutputs({ outputs }: TraceRequest): Promise<void> {
  for (const [option, path] of Object.entries(outputs)) await assertWritable(option, path)
}

async function tell(
  traced: Answer,
  { by, stackLines, outputs }: TraceRequest,
  options: RawOptions,
): Promise<number> {
  const { name, descriptors, groups, evidence } = traced
  const texts = {
    json: () => toLedgerJson(traced, by ?? 'owner'),
    collapsed: () => toCollapsed(descriptors),
    flame: () => toHtml([traced], { opens: 'flame' }),
    speedscope: () => toSpeedscope(descriptors, name),
  }
  const wanted = (['json', 'collapsed', 'flame', 'speedscope'] as const).flatMap((option) => {
    const target = outputs[option]
    return target === undefined ? [] : [textOutput(`--${option}`, target, texts[option])]
  })
  return await writeOutputs(0, [...wanted, ...answerOutputs(options, [traced])], (stream) => {
    const look = terminalOf(stream)
    return (
      (by === null ? `${renderLedger(descriptors, look)}\n` : '') +
      renderGroups(groups, { ...look, by: by ?? 'owner', stackLines, ...(evidence !== null && { evidence }) })
    )
  })
}

/** The ledger for programs: each group by the numbers of its descriptors. */
function toLedgerJson({ name, descriptors, groups, evidence }: Answer, by: string): string {
  const counted = groups.map(({ name, entries }) => ({
    name,
    count: entries.length,
    descriptors: entries.map(({ fd }) => fd),
  }))
  const ledger = {
    schema: 'crac-preflight/ledger@1',
    scenario: name,
    descriptors,
    evidence,
    by,
    groups: counted,
  }
  return `${jsonText(ledger, 2)}\n`
}
