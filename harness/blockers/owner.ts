import { formatFrame, type Frame, type Owner } from '../model/report.js'
import {
  isCracName,
  isHarnessName,
  isLanguageName,
  isMadeByJdk,
  packageOf,
  plainName,
} from '../model/class-names.js'
import type { ClassIndex } from './classes/classes.js'

/** The frame to blame: the first that is neither JDK nor harness nor the app's language; null where the stack has none. */
export async function ownerFrame(stack: Frame[], index: ClassIndex): Promise<Frame | null> {
  let fallback: Frame | null = null
  let language: Frame | null = null
  for (const [at, frame] of stack.entries()) {
    const name = plainName(frame.class)
    if (name === '' || isHarnessName(name)) continue
    if (isCracName(name) || isMadeByJdk(name)) {
      // Nobody wrote this frame or it only passes calls on; better than nothing when no other is left.
      const isAnyones = isCracName(name) || (await index.find(frame.class))?.jdk === false
      if (isAnyones && !name.startsWith('jdk.')) fallback ??= frame
      continue
    }
    if ((await index.find(frame.class))?.jdk) continue
    if (isLanguageName(name)) language ??= frame
    else return withLine(frame, stack.slice(at + 1))
  }
  return language ?? fallback
}

/** A native method has no line that somebody could change; the frames of its package that called it may have. */
function withLine(frame: Frame, callers: Frame[]): Frame {
  if (frame.line !== null) return frame
  const end = callers.findIndex(({ class: name }) => packageOf(name) !== packageOf(frame.class))
  return (end < 0 ? callers : callers.slice(0, end)).find(({ line }) => line !== null) ?? frame
}

/** Who owns what this stack opened: the line to change, and the jar that holds it. */
export async function ownerOf(stack: Frame[], index: ClassIndex): Promise<Owner | null> {
  const frame = await ownerFrame(stack, index)
  if (frame === null) return null
  const origin = await index.find(frame.class)
  const file = frame.file ?? origin?.sourceFile ?? null
  return {
    frame: formatFrame({ ...frame, file }),
    artifact: origin?.artifact ?? null,
    jar: origin?.jar ?? null,
  }
}
