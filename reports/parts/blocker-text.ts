/** A blocker as the text of a failed test: the same in JUnit XML, in a CI's log and in vitest's own output. */
import type { Answer } from '../../harness/model/answer.js'
import { formatFrame, type Blocker } from '../../harness/model/report.js'
import { notACommand, printable } from './escape.js'
import { foldNative, nativeLine } from './native-frames.js'
import { relationLines } from './relations.js'
import { actionSentence, findingSentence, ownerSentence } from './sentences.js'
import { actionsOf } from './stacks.js'

type Known = Pick<Answer, 'descriptors' | 'evidence'>

/** A text may repeat what it says for days. */
const MOST_FINDINGS = 20

/** The one line that a list of failures shows: what blocks, and whose it is where a ledger could know it. */
export function blockerMessage(blocker: Blocker, { evidence }: Pick<Answer, 'evidence'>): string {
  if (evidence === null) return printable(blocker.summary)
  const owner = ownerSentence(blocker)
  return printable(
    owner === null ? `${blocker.summary}, owner not known` : `${blocker.summary}, owned by ${owner}`,
  )
}

/** The whole blocker. The Java stack stands first: reporters look for the first line that names a source file. */
export function blockerText(answer: Known, blocker: Blocker): string {
  if (answer.evidence === null) return textWithoutLedger(blocker)
  const { text, policy } = blocker.remedy
  const parts = [
    stacksText(answer, blocker),
    relationLines(answer, blocker)
      .map((line) => printable(line))
      .join('\n'),
    printable(`Remedy: ${text}`),
    policy === null ? '' : printable(policy, { lines: true }),
    ...blocker.findings.map((finding) => printable(findingSentence(finding))),
  ]
  return notACommand(parts.filter(Boolean).join('\n\n'))
}

/** The blocker in a few lines: whose it is, what was found, what to do. */
export function blockerLines(answer: Known, blocker: Blocker): string {
  if (answer.evidence === null) return textWithoutLedger(blocker)
  const lines = [
    `Owner: ${ownerSentence(blocker) ?? 'not known'}`,
    ...blocker.findings.map(findingSentence),
    `Remedy: ${blocker.remedy.text}`,
  ]
  return notACommand(lines.map((line) => printable(line)).join('\n'))
}

/** Where nothing was observed, what was found stands first. */
function textWithoutLedger({ findings, owner, remedy }: Blocker): string {
  const shown = findings.slice(0, MOST_FINDINGS).map(findingSentence)
  const hidden = findings.length - shown.length
  const lines = [
    ...shown,
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
    ...(owner === null ? [] : [`Opened by ${owner.frame}`]),
    `Remedy: ${remedy.text}`,
  ]
  const body = lines.map((line) => printable(line)).join('\n')
  return notACommand(remedy.policy === null ? body : `${body}\n${printable(remedy.policy, { lines: true })}`)
}

/** Who made the descriptors, and who bound, listened or connected where that is other code: whole stacks, as Java prints them. */
function stacksText(answer: Pick<Answer, 'descriptors'>, blocker: Blocker): string {
  const stacks = actionsOf(answer, blocker).map((action) => {
    const native = action.origin?.native ?? []
    const frames =
      action.frames.length > 0
        ? action.frames.map(formatFrame)
        : foldNative(native).map((frame) => `${frame} [native]`)
    const line = action.frames.length > 0 ? null : nativeLine(native)
    return [
      ...frames.map((frame) => `\tat ${printable(frame)}`),
      printable(actionSentence(action)),
      ...(line === null ? [] : [printable(`by ${line}`)]),
    ].join('\n')
  })
  return stacks.join('\n\n')
}
