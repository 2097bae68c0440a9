import type { Passage, RandomState } from '../../../checkpoint/rehearsal/passage.js'
import type { Difference } from '../../../model/restoration.js'
import { count, duration, megabytes } from '../../../model/text.js'
import { difference } from './difference.js'

/** What the JVM itself saw change on its way through the image. */
export function jvmDifferences({ start, held, back, end }: Passage): Difference[] {
  return [
    ...threadDifferences(start.threads, end.threads),
    clockDifference('the wall clock', back.wallMs - held.wallMs),
    clockDifference('the monotonic clock', back.monotonicMs - held.monotonicMs),
    ...changed('time-zone', 'the default time zone', held.timeZone, back.timeZone),
    ...changed('processors', 'the number of processors', String(held.processors), String(back.processors)),
    ...changed('memory', 'the largest heap', megabytes(held.heapBytes), megabytes(back.heapBytes)),
  ]
}

const clockDifference = (what: string, ms: number): Difference =>
  difference({
    kind: 'clock',
    change: 'changed',
    what,
    after: duration(Math.abs(ms)),
    text: `${what} jumped ${duration(Math.abs(ms))} ${ms < 0 ? 'back' : 'ahead'} between two instructions of the app`,
  })

export const changed = (
  kind: Difference['kind'],
  what: string,
  before: string | null,
  after: string | null,
): Difference[] =>
  before === null || after === null || before === after
    ? []
    : [
        difference({
          kind,
          change: 'changed',
          what,
          before,
          after,
          text: `${what} was ${before} and is ${after}`,
        }),
      ]

/** Threads of a pool have one name but for its numbers: one that is there again, or another of the pool, is back. */
function threadDifferences(before: readonly string[], after: readonly string[]): Difference[] {
  const now = new Set(after.map(poolOf))
  const gone = new Map<string, number>()
  for (const pool of before.map(poolOf)) if (!now.has(pool)) gone.set(pool, (gone.get(pool) ?? 0) + 1)
  return [...gone].map(([pool, number]) =>
    difference({
      kind: 'thread',
      change: 'missing',
      what: pool,
      before: String(number),
      after: '0',
      text: `${count(number, 'thread')} "${pool}" did not come back`,
    }),
  )
}

const poolOf = (name: string): string => name.replace(/\d+/g, 'N')

/** Generators that stand at the same number in two restores of one image. */
export function repeatedRandoms(first: readonly RandomState[], second: readonly RandomState[]): Difference[] {
  const seen = new Set(first.map(keyOf))
  const repeated = second.filter((each) => seen.has(keyOf(each)))
  const byName = new Map<string, number>()
  for (const { holder, type } of repeated) {
    const name = holder === null ? type : `${holder} (${type})`
    byName.set(name, (byName.get(name) ?? 0) + 1)
  }
  return [...byName].map(([name, number]) =>
    difference({
      kind: 'random',
      change: 'repeated',
      what: name,
      text: `${number === 1 ? name : `${number} times ${name}`}: the next random numbers are the same in two restores of this image`,
    }),
  )
}

const keyOf = ({ type, holder, state }: RandomState): string => `${type} ${holder ?? ''} ${state}`
