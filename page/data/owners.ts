/** Whose code made a descriptor: the jar where a blocker names it, else the library by its package. */
import type { JudgedDescriptor } from '../../harness/model/answer'
import type { Frame } from '../../harness/model/report'
import type { PageAnswer } from '../../reports/html/page-data'
import { isJdkFrame } from '../../reports/parts/stacks'
import { ownerName } from './services'

export const COLOURS = 8

/** Names of owners, and the colour of each: the most frequent have one of their own, all others share the last. */
export class Owners {
  private readonly byPackage = new Map<string, string>()
  private readonly byNumber = new Map<number, string>()
  private readonly colours = new Map<string, number>()

  constructor(answer: PageAnswer) {
    for (const blocker of answer.blockers) {
      const name = ownerName(blocker)
      for (const fd of blocker.descriptors) this.byNumber.set(fd, name)
      if (blocker.owner?.jar) this.byPackage.set(packageOf(blocker.owner.frame), name)
    }
    const counts = new Map<string, number>()
    for (const each of answer.descriptors) {
      const name = this.of(each)
      const weight = each.verdict === 'blocked' ? 1000 : 1
      counts.set(name, (counts.get(name) ?? 0) + weight)
      // Whose code is on the way there has a colour, too, if one is left.
      if (each.verdict === 'blocked')
        for (const frame of each.origin?.java ?? []) {
          const library = this.library(frame)
          counts.set(library, (counts.get(library) ?? 0) + 0.001)
        }
    }
    const ranked = [...counts].filter(([name]) => !plain.has(name)).sort(([, a], [, b]) => b - a)
    for (const [i, [name]] of ranked.entries()) this.colours.set(name, Math.min(i, COLOURS - 1))
  }

  of(descriptor: JudgedDescriptor): string {
    const known = this.byNumber.get(descriptor.fd)
    if (known !== undefined) return known
    const { origin } = descriptor
    if (origin === null)
      return descriptor.verdict === 'inherited' || descriptor.verdict === 'standard'
        ? 'open before the app'
        : 'not known'
    const own = origin.java.find((frame) => !isJdkFrame(frame))
    if (own !== undefined) return this.library(own)
    return origin.java.length > 0 ? 'JDK' : 'JVM and native code'
  }

  /** The jar, where it is known of this package; else the first parts of the package. */
  library(frame: Frame): string {
    if (isJdkFrame(frame)) return 'JDK'
    const name = packageOf(frame.class)
    return this.byPackage.get(name) ?? name
  }

  /** The number of a colour; null for what has none of its own. */
  colour(name: string): number | null {
    return this.colours.get(name) ?? null
  }
}

/** What stays grey. */
const plain = new Set(['JDK', 'JVM and native code', 'open before the app', 'not known'])

const packageOf = (path: string): string => path.split('(', 1)[0]?.split('.').slice(0, 3).join('.') ?? ''
