/** A frame as people read it: the class and its method first, the package faint. */
import { formatFrame, placeOf } from '../../harness/model/text'
import type { Blocker, Frame } from '../../harness/model/report'
import { actionsOf } from '../../reports/parts/stacks'
import type { PageAnswer } from '../../reports/html/page-data'

/** A hidden class has another address in each run. */
const hiddenAddress = /[/.+]0x[0-9a-f]+$/i

export function FrameText({ frame }: { frame: Frame }) {
  const parts = frame.class.replace(hiddenAddress, '').split('.')
  const name = parts.pop() ?? ''
  return (
    <>
      <span class="package">
        {parts.map((part, i) => (
          <span key={i}>
            {part}.<wbr />
          </span>
        ))}
      </span>
      <span class="call">
        {name}.<wbr />
        {frame.method}
      </span>
      <span class="place">{shortPlace(frame, name)}</span>
    </>
  )
}

/** The line alone, where the file is called like the class. */
function shortPlace(frame: Frame, name: string): string {
  const isOwnFile = frame.file !== null && frame.file === `${name.split('$', 1)[0] ?? ''}.java`
  return isOwnFile && frame.line !== null ? `:${frame.line}` : placeOf(frame)
}

/** `FilePathDisk.open:342`: where there is no room for more. */
export function shortName(frame: Frame): string {
  const plain = frame.class.replace(hiddenAddress, '')
  const name = `${plain.slice(plain.lastIndexOf('.') + 1)}.${frame.method}`
  return frame.line === null ? name : `${name}:${frame.line}`
}

/** The same of a frame that is known as text only. */
export function ShortFrame({ text }: { text: string }) {
  const [, call = text, line] = /([^.]+\.[^.(]+)(?:\([^:)]*(?::(\d+))?\))?$/.exec(text) ?? []
  return (
    <span class="short-frame" title={text}>
      {call}
      {line === undefined ? '' : `:${line}`}
    </span>
  )
}

/** The owner's frame as a value, where one of the stacks has it. */
export function ownerFrameOf(answer: PageAnswer, blocker: Blocker): Frame | null {
  const wanted = blocker.owner?.frame
  if (wanted === undefined) return null
  return (
    actionsOf(answer, blocker)
      .flatMap(({ frames }) => frames)
      .find((frame) => formatFrame(frame) === wanted) ?? null
  )
}
