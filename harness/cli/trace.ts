import { toCollapsed } from '../../reports/flame/collapsed.js'
import { toFlame } from '../../reports/flame/flame.js'
import { printable } from '../../reports/parts/terminal-text.js'
import { renderGroups } from '../../reports/terminal/groups.js'
import { renderLedger } from '../../reports/terminal/ledger.js'
import { traceToExit } from '../trace/trace-exit.js'
import { traceApp, tracePid } from '../trace/trace-running.js'
import type { Traced } from '../trace/told.js'
import { interruption } from './interruption.js'
import { appSpec, one, STANDARD_STREAM, type RawOptions } from './options.js'
import { assertWritable, terminalOf, write } from './outputs.js'
import { Progress } from './progress.js'
import { traceRequest, type TraceRequest } from './trace-request.js'

/** `trace`: the ledger only, of an app that it starts, to its end if wanted, or of a JVM that runs already. */
export async function trace(options: RawOptions): Promise<number> {
  const request = traceRequest(options)
  const traced =
    request.pid === null ? await ofApp(options, request) : await ofPid(options, request.pid, request)
  await tell(traced, request)
  return 0
}

async function ofApp(options: RawOptions, request: TraceRequest): Promise<Traced> {
  const spec = await appSpec(options)
  await assertOutputs(request)
  const watch = {
    by: request.by ?? 'owner',
    trace: request.trace,
    bootStacks: options.bootStacks === true,
    forMs: request.forMs,
    interrupted: interruption(),
    onTracer: (choice: string) => {
      new Progress(process.stderr).say(`tracer      ${choice}`)
    },
  } as const
  return request.atExit
    ? await traceToExit(spec, watch, (what) => process.stderr.write(`crac-preflight: ${what}\n`))
    : await traceApp(spec, watch)
}

async function ofPid(options: RawOptions, pid: number, request: TraceRequest): Promise<Traced> {
  await assertOutputs(request)
  const watch = { by: request.by ?? 'owner', forMs: request.forMs, interrupted: interruption() } as const
  return await tracePid(pid, one(options, 'name'), watch, (name) => {
    const until = request.forMs === null ? 'until Ctrl-C' : `for ${request.forMs / 1000} s`
    process.stderr.write(`crac-preflight: tracing process ${pid} (${printable(name)}) ${until}\n`)
  })
}

async function assertOutputs({ outputs }: TraceRequest): Promise<void> {
  for (const [option, path] of Object.entries(outputs)) await assertWritable(option, path)
}

async function tell(traced: Traced, { by, stackLines, outputs }: TraceRequest): Promise<void> {
  const { name, descriptors, groups, evidence } = traced
  if (outputs.json !== undefined) await write(outputs.json, toLedgerJson(traced, by ?? 'owner'))
  if (outputs.collapsed !== undefined) await write(outputs.collapsed, toCollapsed(descriptors))
  if (outputs.flame !== undefined) await write(outputs.flame, toFlame(descriptors, name))
  // With an output for programs on standard output, people read on standard error.
  const stream = Object.values(outputs).includes(STANDARD_STREAM) ? process.stderr : process.stdout
  const look = terminalOf(stream)
  if (by === null) stream.write(`${renderLedger(descriptors, look)}\n`)
  stream.write(renderGroups(groups, { ...look, by: by ?? 'owner', stackLines, evidence }))
}

/** The ledger for programs: each group by the numbers of its descriptors. */
function toLedgerJson({ name, descriptors, groups, evidence }: Traced, by: string): string {
  const told = groups.map(({ name, entries }) => ({
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
    groups: told,
  }
  return `${JSON.stringify(ledger, null, 2)}\n`
}
