import type { Blocker, Frame } from '../model/report.js'
import type { Cause } from './causes/causes.js'
import { hostOf, plainName } from '../model/class-names.js'
import { oneLine } from '../model/text.js'
import { stableTargetOf } from './causes/targets.js'

/** The API's name for what a cause without any stack is. */
const objects: Partial<Record<Blocker['kind'], string>> = {
  selector: 'java.nio.channels.Selector',
  'watch-service': 'java.nio.file.WatchService',
  process: 'java.lang.Process',
}

/** Frames that only carry work from one thread to another: they name no cause. */
const carriers =
  /^java\.lang\.(?:Thread|VirtualThread|ThreadBuilders)|^java\.util\.concurrent\.|^jdk\.internal\./

/**
 * The id of a cause, the same on every run: its kind and the method that owns it, else the JDK's own thread or method
 * that it came from, else what it leads to without numbers. No fd, port, pid, time, address or temporary name.
 */
export function idOf(cause: Cause, owner: Frame | null): string {
  const frame = owner ?? entryFrame(cause.stacks[0] ?? [])
  if (frame !== null) return oneLine(`${cause.kind}:${stableClass(frame.class)}.${frame.method}`)
  const object = objects[cause.kind]
  if (object !== undefined) return `${cause.kind}:${object}`
  const targets =
    cause.entries.length > 0
      ? cause.entries.map((entry) => stableTargetOf(null, entry))
      : cause.joined.map(({ finding }) => stableTargetOf(finding, null))
  return oneLine(`${cause.kind}:${targets.sort()[0] ?? 'unknown'}`)
}

/** Where the JDK's own code was entered, for stacks without any other: `sun.net.httpserver.ServerImpl$Dispatcher.run`. */
function entryFrame(stack: Frame[]): Frame | null {
  return stack.findLast((frame) => !carriers.test(frame.class)) ?? null
}

/** A class by a name that is the same on every run. */
export function stableClass(className: string): string {
  return (hostOf(className) ?? plainName(className))
    .replace(/\$Proxy\d+$/, '$Proxy')
    .replace(/^jdk\.proxy\d+\./, 'jdk.proxy.')
    .replace(/(\.Generated\w+Accessor)\d+$/, '$1')
}

/** Tells blockers of the same id apart by `#2`, `#3`; the order must already be the same on every run. */
export function numberIds<T extends { id: string }>(blockers: T[]): T[] {
  const seen = new Map<string, number>()
  return blockers.map((blocker) => {
    const count = (seen.get(blocker.id) ?? 0) + 1
    seen.set(blocker.id, count)
    return count === 1 ? blocker : { ...blocker, id: `${blocker.id}#${count}` }
  })
}
