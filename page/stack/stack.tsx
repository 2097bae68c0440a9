import { useState } from 'preact/hooks'
import { formatFrame } from '../../harness/model/text'
import type { Frame } from '../../harness/model/report'
import { nativeLine } from '../../reports/parts/native-frames'
import { stackParts, type StackPart } from '../../reports/parts/stacks'
import { Copy } from '../parts/copy'
import { Icon } from '../parts/icon'
import { FrameText } from './frame'

/** A Java stack, innermost frame first; its folds open in their place. */
export function Stack(props: { frames: Frame[]; owner: string | null; native: readonly string[] }) {
  const { frames, owner, native } = props
  return (
    <div class="stack-frame">
      <ol class="stack">
        {stackParts(frames, owner).map((part, i) =>
          part.kind === 'frame' ? <FrameLine key={i} part={part} /> : <Fold key={i} part={part} />,
        )}
        {native.length === 0 ? null : <NativeFold frames={native} />}
      </ol>
      <Copy
        text={frames.map((frame) => `\tat ${formatFrame(frame)}\n`).join('')}
        label="Copy the whole stack"
      />
    </div>
  )
}

function FrameLine({ part }: { part: Extract<StackPart, { kind: 'frame' }> }) {
  return (
    <li class={`frame ${part.owner ? 'is-owner' : part.jdk ? 'is-jdk' : ''}`}>
      <code>
        <FrameText frame={part.frame} />
      </code>
      {part.owner ? <span class="owner-mark">owner</span> : null}
    </li>
  )
}

function Fold({ part }: { part: Extract<StackPart, { kind: 'fold' }> }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <li class="frame">
        <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="chevron" />
          {part.text.replace(/^… /, '')}
        </button>
      </li>
      {open
        ? part.frames.map((frame, i) => (
            <li key={i} class="frame unfolded">
              <code>
                <FrameText frame={frame} />
              </code>
            </li>
          ))
        : null}
    </>
  )
}

function NativeFold({ frames }: { frames: readonly string[] }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <li class="frame">
        <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="chevron" />
          {frames.length} native {frames.length === 1 ? 'frame' : 'frames'}
        </button>
      </li>
      {open ? frames.map((frame, i) => <NativeLine key={i} frame={frame} />) : null}
    </>
  )
}

function NativeLine({ frame }: { frame: string }) {
  return (
    <li class="frame unfolded">
      <code>{frame}</code>
    </li>
  )
}

/** What there is where no Java code was running. */
export function NativeStack({ frames }: { frames: readonly string[] }) {
  const line = nativeLine(frames)
  return (
    <ol class="stack">
      {line === null ? null : (
        <li class="frame is-owner">
          <code>{line}</code>
        </li>
      )}
      {frames.map((frame, i) => (
        <NativeLine key={i} frame={frame} />
      ))}
    </ol>
  )
}
