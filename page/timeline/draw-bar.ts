import type { JudgedDescriptor } from '../../harness/model/answer'
import type { Draft } from './draw'
import { marksOf } from './marks'
import { hue, type Row } from './rows'

const MARK = 11

/** From its creation to the checkpoint, with what was done to it meanwhile. */
export function drawBar(draft: Draft, row: Row, y: number): void {
  const { context, timeline, view, x, colour } = draft
  const { descriptor } = row
  if (descriptor === null) return
  const to = timeline.bands.find(({ name }) => name === 'checkpoint')?.from ?? timeline.end
  const left = Math.min(x(row.from), view.width - 3)
  const right = Math.max(x(Math.max(to, row.from)), left + 3)
  const inset = timeline.roomy ? 2 : 1
  const strong = descriptor.verdict === 'blocked' || descriptor.verdict === undefined
  context.globalAlpha = strong ? (row.accepted ? 0.6 : 1) : 0.3
  context.fillStyle = colour(hue(row))
  context.beginPath()
  context.roundRect(left, y + inset, right - left, row.height - 2 * inset, 2)
  context.fill()
  context.globalAlpha = 1
  if (view.chosen.fd === descriptor.fd) {
    context.strokeStyle = colour('--focus')
    context.lineWidth = 2
    context.stroke()
  }
  const marked = drawMarks(draft, descriptor, y + inset, row.height - 2 * inset)
  if (timeline.roomy)
    drawText(draft, `${descriptor.fd} ${descriptor.target}`, {
      ...{ left: Math.max(left, marked), right, begin: left, y, strong },
    })
}

/** Where there is room for them as letters, one beside the other; else as strokes. Returns where they end. */
function drawMarks(
  { context, timeline, view, x, colour }: Draft,
  descriptor: JudgedDescriptor,
  top: number,
  height: number,
): number {
  let free = -Infinity
  for (const { letter, atMs } of marksOf(descriptor)) {
    const at = Math.min(x(atMs), view.width - 2)
    context.fillStyle = colour('--text')
    if (!timeline.roomy) {
      context.fillRect(at - 0.5, top, 1.5, height)
      continue
    }
    const left = Math.min(Math.max(at, free), view.width - MARK)
    context.fillRect(left, top, MARK, height)
    context.font = `600 10px ${colour('--mono')}`
    context.fillStyle = colour('--surface')
    context.fillText(letter, left + 2.5, top + height / 2 + 0.5)
    free = left + MARK + 1
  }
  return free
}

/** In its bar where it fits, else before it. */
function drawText(
  { context, colour }: Draft,
  text: string,
  at: { begin: number; left: number; right: number; y: number; strong: boolean },
): void {
  const { begin, left, right, y, strong } = at
  context.font = `11px ${colour('--mono')}`
  const { width } = context.measureText(text)
  const inside = width + 14 < right - left || begin < width + 12
  context.fillStyle = inside && strong ? colour('--on-owner') : colour('--faint')
  context.save()
  context.beginPath()
  context.rect(inside ? left : 0, y, inside ? right - left - 4 : begin, 18)
  context.clip()
  context.fillText(text, inside ? left + 8 : begin - width - 8, y + 9.5)
  context.restore()
}
