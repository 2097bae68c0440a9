import type { Answer } from '../../harness/model/answer.js'
import { formatFrame, type Blocker, type Frame } from '../../harness/model/report.js'
import { actionsOf } from '../parts/stacks.js'
import type { Sources } from './sources.js'

/** A line of the repository. */
export interface SourcePlace {
  /** From the repository's folder. */
  file: string
  line: number | null
}

/**
 * Where in the repository a blocker comes from: the owner's line; where the owner is a library, the line of the
 * repository that called it. Null where no frame is of a source that is here.
 */
export function placeOf(
  answer: Pick<Answer, 'descriptors'>,
  blocker: Blocker,
  sources: Sources,
): SourcePlace | null {
  for (const frame of framesOf(answer, blocker)) {
    const file = sources.find(frame)
    if (file !== null) return { file, line: frame.line }
  }
  return null
}

/** The owner's frame; null where no stack has it. */
export function ownerFrame(answer: Pick<Answer, 'descriptors'>, blocker: Blocker): Frame | null {
  return framesOf(answer, blocker)[0] ?? null
}

/** The frames from the owner outwards, or all where nobody is named as the owner. */
function framesOf(answer: Pick<Answer, 'descriptors'>, blocker: Blocker): Frame[] {
  const stacks = actionsOf(answer, blocker).map(({ frames }) => frames)
  const owner = blocker.owner?.frame
  if (owner === undefined) return stacks.flat()
  const from = (frames: Frame[]) => frames.findIndex((frame) => formatFrame(frame) === owner)
  const owned = stacks.filter((frames) => from(frames) >= 0).map((frames) => frames.slice(from(frames)))
  return owned.length > 0 ? owned.flat() : stacks.flat()
}
