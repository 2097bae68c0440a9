/** Whose code made a descriptor: the jar where the report knows it of a package, else the library by its package. */
import type { JudgedDescriptor } from '../../harness/model/answer'
import { once } from '../../harness/model/lists'
import { packageOf } from '../../harness/model/class-names'
import { isFromBeforeApp } from '../../harness/model/origins/before-app'
import type { Closed } from '../../harness/model/origins/closed'
import type { Frame } from '../../harness/model/report'
import type { PageAnswer } from '../../reports/html/page-data'
import { isJdkFrame } from '../../reports/parts/stacks'
import { libraryOf, ownerName } from './services'

export const COLOURS = 8

const JDK = 'JDK'
const NATIVE = 'JVM and native code'
const BEFORE = 'open before the app'
const UNKNOWN = 'not known'
const NO_JAR = 'other code of the app'

/** What stays grey. */
const plain = new Set([JDK, NATIVE, BEFORE, UNKNOWN, NO_JAR])

/** Names of owners, and the colour of each: the most frequent have one of their own, all others share the last. */
export class Owners {
  private readonly byPackage = new Map<string, string>()
  private readonly byNumber = new Map<number, string>()
  private readonly colours = new Map<string, number>()
  /** Thousands of stacks are of a few hundred classes. */
  private readonly byClass = new Map<string, string>()

  constructor(answer: PageAnswer) {
    for (const { jar, packages } of answer.libraries)
      for (const name of packages) this.byPackage.set(name, jar)
    for (const blocker of answer.blockers) {
      const name = ownerName(blocker)
      for (const fd of blocker.descriptors) this.byNumber.set(fd, name)
      if (blocker.owner?.jar) this.byPackage.set(packageOf(classOf(blocker.owner.frame)), name)
    }
    const weights = new Map<string, number>()
    const weigh = (name: string, weight: number): void =>
      void weights.set(name, (weights.get(name) ?? 0) + weight)
    for (const each of answer.descriptors) {
      weigh(this.of(each), each.verdict === 'blocked' ? 1000 : 1)
      // Whose code is on the way there has a colour, too, if one is left.
      if (each.verdict === 'blocked')
        for (const frame of each.origin?.java ?? []) weigh(this.library(frame), 0.001)
    }
    for (const row of answer.closed?.by ?? []) weigh(this.ofClosed(row), 0.001)
    const ranked = [...weights].filter(([name]) => !plain.has(name)).sort(([, a], [, b]) => b - a)
    for (const [i, [name]] of ranked.entries()) this.colours.set(name, Math.min(i, COLOURS - 1))
  }

  of(descriptor: JudgedDescriptor): string {
    const known = this.byNumber.get(descriptor.fd)
    if (known !== undefined) return known
    const { origin } = descriptor
    if (origin === null) return isFromBeforeApp(descriptor) ? BEFORE : UNKNOWN
    const own = origin.java.find((frame) => !isJdkFrame(frame))
    if (own !== undefined) return this.library(own)
    return origin.java.length > 0 ? JDK : NATIVE
  }

  ofClosed({ code, jar }: Closed['by'][number]): string {
    return { app: jar ?? NO_JAR, jdk: JDK, native: NATIVE, unknown: UNKNOWN }[code]
  }

  /** The jar, where it is known of this package; else the first parts of the package. */
  library(frame: Frame): string {
    const known = this.byClass.get(frame.class)
    if (known !== undefined) return known
    const name = isJdkFrame(frame)
      ? JDK
      : (this.byPackage.get(packageOf(frame.class)) ?? libraryOf(frame.class))
    this.byClass.set(frame.class, name)
    return name
  }

  /** The number of a colour; null for what has none of its own. */
  colour(name: string): number | null {
    return this.colours.get(name) ?? null
  }
}

/** One for each answer: whatever shows it asks the same. */
export const ownersOf = once((answer: PageAnswer) => new Owners(answer))

/** `org.h2.FilePathDisk` of `org.h2.FilePathDisk.open(FilePathDisk.java:342)`. */
const classOf = (frame: string): string => packageOf(frame.split('(', 1)[0] ?? '')
