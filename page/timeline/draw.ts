/** Draws what of a timeline is in view. */
import { duration } from '../../harness/model/text'
import { drawBar } from './draw-bar'
import { drawDensity } from './draw-density'
import { AXIS, hue, type Row, type Timeline } from './rows'

/** `zoom`: how much larger than usual the page's text is; all other lengths are before it. */
interface View {
  zoom: number
  width: number
  height: number
  scroll: number
  /** The number of a descriptor, and the begin of a span. */
  chosen: { fd: number | null; span: number | null }
}

export type Colour = (name: string) => string

/** What all that draws has at hand. */
export interface Draft {
  context: CanvasRenderingContext2D
  timeline: Timeline
  view: View
  x: (ms: number) => number
  colour: Colour
}

/** The page's own colours, as the style sheet has them for the scheme of the moment; each is looked up once. */
function palette(element: Element): Colour {
  const style = getComputedStyle(element)
  const known = new Map<string, string>()
  return (name) => {
    let colour = known.get(name)
    if (colour === undefined) known.set(name, (colour = style.getPropertyValue(name).trim()))
    return colour
  }
}

export function draw(canvas: HTMLCanvasElement, timeline: Timeline, view: View): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const { zoom, width, height, scroll, chosen } = view
  const scale = devicePixelRatio * zoom
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  context.scale(scale, scale)
  context.textBaseline = 'middle'
  const { begin, end, head, density } = timeline
  const x = (ms: number): number => ((ms - begin) / (end - begin)) * width
  const draft = { context, timeline, view, x, colour: palette(canvas) }
  drawBands(draft)
  if (density !== null) drawDensity(draft, density, AXIS, chosen.span)
  context.save()
  context.beginPath()
  context.rect(0, head, width, height - head)
  context.clip()
  for (const row of timeline.rows) {
    const y = row.top + head - scroll
    if (y + row.height < head) continue
    if (y > height) break
    if (row.descriptor === null) drawOwner(draft, row, y)
    else drawBar(draft, row, y)
  }
  context.restore()
}

function drawBands({ context, timeline, view, x, colour }: Draft): void {
  const { bands, begin, end } = timeline
  const { width, height } = view
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

function drawOwner({ context, colour }: Draft, row: Row, y: number): void {
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
