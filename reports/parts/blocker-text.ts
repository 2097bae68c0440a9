/** A blocker as the text of a failed test: the same in JUnit XML and in vitest's own output. */
import { formatFrame, type Blocker, type Report } from '../../harness/model/report.js'
import { foldNative, nativeLine } from './native-frames.js'
import { relationLines } from './relations.js'
import { deedSentence, findingSentence, ownerSentence } from './sentences.js'
import { deedsOf } from './stacks.js'
import { notACommand, printable } from './terminal-text.js'

/** The one line that a list of failures shows: what blocks, and whose it is. */
export function blockerMessage(blocker: Blocker): string {
  const owner = ownerSentence(blocker)
  return printable(
    owner === null ? `${blocker.summary}, owner not known` : `${blocker.summary}, owned by ${owner}`,
  )
}

/** The Java stack stands first: reporters look for the first line that names a source file. */
export function blockerText(report: Report, blocker: Blocker): string {
  const { text, policy } = blocker.remedy
  const parts = [
    stacksText(report, blocker),
    relationLines(report, blocker)
      .map((line) => printable(line))
      .join('\n'),
    printable(`Remedy: ${text}`),
    policy === null ? '' : printable(policy, { lines: true }),
    ...blocker.findings.map((finding) => printable(findingSentence(finding))),
  ]
  return notACommand(parts.filter(Boolean).join('\n\n'))
}

/** Who made the descriptors, and who bound, listened or connected where that is other code: whole stacks, as Java prints them. */
export function stacksText(report: Report, blocker: Blocker): string {
  const stacks = deedsOf(report, blocker).map((deed) => {
    const native = deed.origin?.native ?? []
    const frames =
      deed.frames.length > 0
        ? deed.frames.map(formatFrame)
        : foldNative(native).map((frame) => `${frame} [native]`)
    const line = deed.frames.length > 0 ? null : nativeLine(native)
    return [
      ...frames.map((frame) => `\tat ${printable(frame)}`),
      printable(deedSentence(deed)),
      ...(line === null ? [] : [printable(`by ${line}`)]),
    ].join('\n')
  })
  return stacks.join('\n\n')
}
