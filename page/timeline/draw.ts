/** Draws what of a timeline is in view. */
import { duration } from '../../harness/model/text'
import type { Row, Timeline } from './rows'

export const AXIS = 38

interface View {
  width: number
  height: number
  scroll: number
  chosen: number | null
}

/** The page's own colours, as the style sheet has them for the scheme of the moment. */
function palette(element: Element): (name: string) => string {
  const style = getComputedStyle(element)
  return (name) => style.getPropertyValue(name).trim()
}

export function draw(canvas: HTMLCanvasElement, timeline: Timeline, view: View): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const scale = devicePixelRatio
  const { width, height, scroll } = view
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  context.scale(scale, scale)
  context.textBaseline = 'middle'
  const colour = palette(canvas)
  const { begin, end } = timeline
  const x = (ms: number): number => ((ms - begin) / (end - begin)) * width
  drawBands(context, timeline, view, x, colour)
  context.save()
  context.beginPath()
  context.rect(0, AXIS, width, height - AXIS)
  context.clip()
  for (const row of timeline.rows) {
    const y = row.top + AXIS - scroll
    if (y + row.height < AXIS) continue
    if (y > height) break
    if (row.descriptor === null) drawOwner(context, row, y, colour)
    else drawBar(context, row, y, { timeline, view, x, colour })
  }
  context.restore()
}

type Colour = (name: string) => string

function drawBands(
  context: CanvasRenderingContext2D,
  { bands, begin, end }: Timeline,
  { width, height }: View,
  x: (ms: number) => number,
  colour: Colour,
): void {
  context.font = `11px ${colour('--ui')}`
  for (const [i, { name, from, to }] of bands.entries()) {
    context.fillStyle = colour(i % 2 === 0 ? '--band' : '--band-2')
    context.fillRect(x(from), 0, x(to) - x(from), height)
    context.fillStyle = colour('--faint')
    if (context.measureText(name).width + 8 < x(to) - x(from)) context.fillText(name, x(from) + 5, 11)
  }
  context.textAlign = 'center'
  const step = niceStep((end - begin) / Math.max(2, width / 110))
  for (let ms = begin < 0 ? 0 : step; x(ms) < width - 24; ms += step) {
    context.fillStyle = colour('--line')
    context.fillRect(Math.round(x(ms)), AXIS - 6, 1, height)
    context.fillStyle = colour('--faint')
    context.fillText(duration(ms), x(ms), AXIS - 13)
  }
  context.textAlign = 'left'
  context.fillStyle = colour('--edge')
  context.fillRect(0, AXIS - 1, width, 1)
}

/** 1, 2 or 5 of a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return ([1, 2, 5, 10].find((each) => each * power >= least) ?? 10) * power
}

function drawOwner(context: CanvasRenderingContext2D, row: Row, y: number, colour: Colour): void {
  context.fillStyle = colour(hue(row))
  context.fillRect(6, y + 7, 7, 7)
  context.font = `600 11px ${colour('--ui')}`
  context.fillStyle = colour('--text')
  context.fillText(row.owner, 18, y + 11)
  const { width } = context.measureText(row.owner)
  context.font = `11px ${colour('--ui')}`
  context.fillStyle = colour('--faint')
  context.fillText(String(row.count), 24 + width, y + 11)
}

const hue = ({ colour }: Row): string => (colour === null ? '--owner-none' : `--owner-${colour}`)

function drawBar(
  context: CanvasRenderingContext2D,
  row: Row,
  y: number,
  on: { timeline: Timeline; view: View; x: (ms: number) => number; colour: Colour },
): void {
  const { timeline, view, x, colour } = on
  const { descriptor } = row
  if (descriptor === null) return
  const to = timeline.bands.find(({ name }) => name === 'checkpoint')?.from ?? timeline.end
  const left = Math.min(x(row.from), view.width - 3)
  const right = Math.max(x(Math.max(to, row.from)), left + 3)
  const inset = timeline.roomy ? 2 : 1
  const strong = descriptor.verdict === 'blocked' || descriptor.verdict === undefined
  context.globalAlpha = strong ? 1 : 0.3
  context.fillStyle = colour(hue(row))
  context.beginPath()
  context.roundRect(left, y + inset, right - left, row.height - 2 * inset, 2)
  context.fill()
  context.globalAlpha = 1
  if (view.chosen === descriptor.fd) {
    context.strokeStyle = colour('--focus')
    context.lineWidth = 2
    context.stroke()
  }
  context.fillStyle = colour('--text')
  for (const deed of [descriptor.bound, descriptor.listened, descriptor.connected])
    if (deed?.atMs != null) context.fillRect(x(deed.atMs) - 0.5, y + inset, 1.5, row.height - 2 * inset)
  if (timeline.roomy)
    drawText(context, `${descriptor.fd} ${descriptor.target}`, { left, right, y, strong, colour })
}

/** In its bar where it fits, else before it. */
function drawText(
  context: CanvasRenderingContext2D,
  text: string,
  at: { left: number; right: number; y: number; strong: boolean; colour: Colour },
): void {
  const { left, right, y, strong, colour } = at
  context.font = `11px ${colour('--mono')}`
  const { width } = context.measureText(text)
  const inside = width + 14 < right - left || left < width + 12
  context.fillStyle = inside && strong ? colour('--on-owner') : colour('--faint')
  context.save()
  context.beginPath()
  context.rect(inside ? left : 0, y, inside ? right - left - 4 : left, 18)
  context.clip()
  context.fillText(text, inside ? left + 8 : left - width - 8, y + 9.5)
  context.restore()
}
