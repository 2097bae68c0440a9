import type { Difference } from '../../../model/restoration.js'
import { someOf } from '../../../model/text.js'
import type { Place } from '../place.js'
import { difference } from './difference.js'
import { changed } from './jvm.js'

/** What the kernel tells differently of where the app is. */
export function placeDifferences({ before, after }: { before: Place; after: Place }): Difference[] {
  return [
    ...changed('host-name', 'the host name', before.hostName, after.hostName),
    ...changed('working-directory', 'the working directory', before.workingDirectory, after.workingDirectory),
    ...changed('time-zone', 'the machine’s time zone', before.timeZone, after.timeZone),
    ...environmentDifference(before.environment, after.environment),
  ]
}

/** By the names alone: values may be secrets. */
function environmentDifference(before: string | null, after: string | null): Difference[] {
  if (before === null || after === null || before === after) return []
  const now = new Set(after.split('\0'))
  const names = before
    .split('\0')
    .flatMap((pair) => (now.has(pair) ? [] : [pair.slice(0, pair.indexOf('='))]))
  const what = 'the environment'
  return [
    difference({
      kind: 'environment',
      change: 'changed',
      what,
      text: `${what} is another one: ${someOf(names)}`,
    }),
  ]
}
