import { setTimeout as sleep } from 'node:timers/promises'
import { within } from '../../host/clock/within.js'
import { notACommand, printable } from '../../../reports/parts/escape.js'
import { wasOpenedMeanwhile } from '../../trace/attached.js'
import { tracePid } from '../../trace/trace-running.js'
import type { Answer } from '../../model/answer.js'
import { localHost } from '../../host/local-host.js'
import { readStatus } from '../../host/procfs/status.js'
import { AppError, UsageError } from '../../model/errors.js'
import { masked, maskOf } from '../../model/mask.js'
import { count } from '../../model/text.js'
import { interruption } from '../interruption.js'
import { all, one, parseTime, type RawOptions } from '../options.js'
import { print } from '../output/write.js'
import type { TraceRequest } from './request.js'

const ALLOWED = ['--', 'pid', 'watch', 'for', 'name', 'mask', 'trace']

/** `trace --pid PID --watch 5s`: which site has grown in each interval, until Ctrl-C or for a time. */
export async function watch(options: RawOptions, { pid, forMs, trace }: TraceRequest): Promise<number> {
  if (pid === null)
    throw new UsageError('--watch needs --pid: it watches a JVM that runs. Name it by its number or a word.')
  const other = Object.entries(options).find(
    ([name, value]) => value !== undefined && !ALLOWED.includes(name),
  )
  if (other !== undefined)
    throw new UsageError(
      `--${other[0].replace(/[A-Z]/g, '-$&').toLowerCase()} can't be used with --watch, which only prints which site grows. Leave one of them out.`,
    )
  const everyMs = parseTime('watch', one(options, 'watch') ?? '')
  const interrupted = interruption('asks for the list')
  const over = forMs === null ? interrupted : within(forMs, interrupted)
  const mask = maskOf(all(options, 'mask'))
  let before: number | null = null
  while (!over.aborted) {
    const round = { by: 'site', trace, forMs: everyMs, interrupted: over } as const
    const traced = tracePid(pid, one(options, 'name'), round, () => undefined)
    const answer: Answer = masked(await traced.catch(endedOr(pid, before)), mask)
    await print(process.stdout, renderRound(answer, before))
    before = answer.descriptors.length
  }
  return 0
}

/**
 * It may end at any moment of a round: whatever that breaks, it is said to have ended. One that is killed takes a moment to
 * be gone.
 */
const endedOr =
  (pid: number, before: number | null) =>
  async (error: unknown): Promise<never> => {
    if (before === null && error instanceof UsageError) throw error
    for (let looks = 0; !(await hasEnded(pid)); looks++) {
      if (looks === 50) throw error
      await sleep(20)
    }
    throw new AppError('APP_DIED', `Process ${pid} ended while it was watched.`, '', { cause: error })
  }

const hasEnded = async (pid: number): Promise<boolean> =>
  ((await readStatus(pid, localHost))?.state ?? 'Z') === 'Z'

/** What was opened in one interval and is held at its end, by site. */
function renderRound({ name, descriptors, groups }: Answer, before: number | null): string {
  const change = before === null ? 0 : descriptors.length - before
  const changed = before === null ? '' : ` (${change > 0 ? '+' : ''}${change})`
  const grown = groups.flatMap(({ name, entries }) => {
    const added = entries.filter(wasOpenedMeanwhile).length
    return added > 0 ? [`  +${added}  ${printable(name)}\n`] : []
  })
  const time = new Date().toTimeString().slice(0, 8)
  const held = `${count(descriptors.length, 'descriptor')}${changed}`
  const all = `${time}  ${printable(name)}: ${held}${grown.length === 0 ? ', no site has grown' : ''}\n${grown.join('')}`
  return notACommand(all)
}
