import { traceModes, type TraceMode } from '../../ledger/ledger.js'
import { modesFor } from '../../ledger/observers/combinations.js'
import { illegal } from '../../ledger/observers/select.js'
import { UsageError } from '../../model/errors.js'
import { groupings, type Grouping } from '../../model/answer.js'
import { one, oneOf, parseTime, type RawOptions } from '../options.js'
import { assertOneOnStandardOutput } from '../output/outputs.js'

/** What `trace` was asked for, beside the app itself. */
export interface TraceRequest {
  pid: number | null
  atExit: boolean
  forMs: number | null
  /** Null where the user has not chosen: then each descriptor is listed, too. */
  by: Grouping | null
  stackLines: number
  trace: TraceMode
  outputs: Record<'json' | 'collapsed' | 'flame' | 'speedscope' | 'html' | 'junit', string | undefined>
}

export function traceRequest(options: RawOptions): TraceRequest {
  const time = one(options, 'for')
  const pid = one(options, 'pid')
  const stacks = one(options, 'stacks')
  const request: TraceRequest = {
    pid: pid === undefined ? null : parsePid(pid),
    atExit: options.atExit === true,
    forMs: time === undefined ? null : parseTime('for', time),
    by: one(options, 'by') === undefined ? null : oneOf(options, 'by', groupings, 'owner'),
    stackLines: stacks === undefined ? 0 : parseLines(stacks),
    trace: oneOf(options, 'trace', traceModes, 'auto'),
    outputs: {
      json: one(options, 'json'),
      collapsed: one(options, 'collapsed'),
      flame: one(options, 'flame'),
      speedscope: one(options, 'speedscope'),
      html: one(options, 'html'),
      junit: one(options, 'junit'),
    },
  }
  assertOneOnStandardOutput(request.outputs)
  if (time !== undefined && options.ready !== undefined)
    throw new UsageError(
      "--for and --ready can't be used together: each says when to list. Leave one of them out.",
    )
  if (request.pid !== null) refuseAppOptions(options, request)
  return request
}

/** What says how to start an app has no meaning for one that runs already. */
function refuseAppOptions(options: RawOptions, { pid, atExit, trace }: TraceRequest): void {
  if ((options['--'] ?? []).length > 0)
    throw new UsageError(
      `--pid can't be used together with a command: process ${pid ?? ''} runs already. Leave out the command after "--", or --pid.`,
    )
  if (atExit)
    throw new UsageError(
      "--at-exit can't be used with --pid: the process would have to be stopped at its end, and it isn't ours. Start the app with crac-preflight trace --at-exit -- java …",
    )
  if (!modesFor('pid').includes(trace)) throw new UsageError(illegal(trace, 'pid'))
  const alien = Object.entries(options).find(
    ([name, value]) => value !== undefined && !['--', 'pid', ...ALLOWED_WITH_PID].includes(name),
  )
  if (alien !== undefined)
    throw new UsageError(
      `--${alien[0].replace(/[A-Z]/g, '-$&').toLowerCase()} can't be used with --pid: it says how to start an app, and process ${pid ?? ''} runs already.`,
    )
}

const ALLOWED_WITH_PID = [
  ...['name', 'mask', 'for', 'watch', 'by', 'stacks', 'trace'],
  ...['json', 'collapsed', 'flame', 'speedscope', 'html', 'junit'],
]

function parsePid(text: string): number {
  const pid = Number(text)
  if (!/^\d+$/.test(text) || pid < 1 || pid > 2 ** 22)
    throw new UsageError(`--pid can't be "${text}". Give the number of a running JVM, like 4711.`)
  return pid
}

function parseLines(text: string): number {
  const lines = Number(text)
  if (!/^\d+$/.test(text) || lines > 10_000)
    throw new UsageError(`--stacks can't be "${text}". Give how many lines of each stack to show, like 10.`)
  return lines
}
