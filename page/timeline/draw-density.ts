import { duration } from '../../harness/model/text'
import type { Colour, Draft } from './draw'
import { hue } from './rows'
import { DENSITY, type Density } from './density'

const WORDS = 16

/** Columns as high as what was opened in their span and closed again, in the colours of their owners. */
export function drawDensity(
  draft: Draft,
  { spans, spanMs, most, total }: Density,
  top: number,
  chosen: number | null,
): void {
  const { context, x, colour, view } = draft
  const bottom = top + DENSITY - 1
  const room = DENSITY - WORDS - 2
  for (const { from, to, parts } of spans) {
    const left = x(from)
    const width = Math.max(1, x(to) - left - 0.5)
    let at = bottom
    for (const part of parts) {
      const height = Math.max(0.75, (part.count / most) * room)
      context.globalAlpha = chosen === null || chosen === from ? 1 : 0.45
      context.fillStyle = colour(hue(part))
      context.fillRect(left, at - height, width, height)
      at -= height
    }
  }
  context.globalAlpha = 1
  words(context, colour, `opened and closed again: ${total}, up to ${most} in ${duration(spanMs)}`, top)
  context.fillStyle = colour('--edge')
  context.fillRect(0, bottom, view.width, 1)
}

function words(context: CanvasRenderingContext2D, colour: Colour, text: string, top: number): void {
  context.font = `11px ${colour('--ui')}`
  context.fillStyle = colour('--faint')
  context.fillText(text, 6, top + WORDS / 2 + 1)
}
