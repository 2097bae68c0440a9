import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { duration } from '../../harness/model/text'
import { descriptorSentence } from '../../reports/parts/sentences'
import { linkTo } from '../data/route'
import { verdictOf, type Service } from '../data/services'
import { Section } from '../parts/section'
import { whenIdle } from '../parts/when-idle'
import { ClosedTable } from './closed-table'
import { partsText, spanAt, timesOf, type Span } from './density'
import { draw } from './draw'
import { marksText } from './marks'
import { AXIS, rowAt, timelineOf, type Row } from './rows'

/** The tables below say the same in words. */
const LABEL = 'Timeline of descriptors: arrow keys choose one, Enter opens it in the table below'
const MOST_HEIGHT = 460
const HINT =
  'Strong bars hold the app; faint ones are claimed or inherited. Marks: a accept, b bind, l listen, c connect.'

/** A bar, or a column above them. */
type Chosen = { row: Row; span: null } | { row: null; span: Span } | null

/** Since when each descriptor is open, and who opened it. */
export function TimelineSection({ service }: { service: Service }) {
  const timeline = useMemo(() => timelineOf(service), [service])
  const { head, density, rows } = timeline
  const { answer } = service
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [chosen, setChosen] = useState<Chosen>(null)
  const zoom = useZoom()
  const height = Math.min(timeline.height + head + 8, MOST_HEIGHT)
  const paint = (): void => {
    if (frame.current === null || canvas.current === null) return
    const { clientWidth, scrollTop } = frame.current
    const marked = { fd: chosen?.row?.descriptor?.fd ?? null, span: chosen?.span?.from ?? null }
    const view = { zoom, width: clientWidth / zoom, height, scroll: scrollTop / zoom, chosen: marked }
    draw(canvas.current, timeline, view)
  }
  const latest = useRef(paint)
  const begun = useRef(false)
  useEffect(() => {
    latest.current = paint
    if (begun.current) paint()
  })
  useEffect(() => {
    const again = (): void => latest.current()
    const colours = ['(prefers-color-scheme: dark)', 'print'].map((query) => matchMedia(query))
    const size = new ResizeObserver(again)
    // The rest of the page first: the first text on a canvas takes longer than all of that.
    const cancel = whenIdle(() => {
      begun.current = true
      if (frame.current) size.observe(frame.current)
    })
    for (const each of colours) each.addEventListener('change', again)
    return () => {
      cancel()
      size.disconnect()
      for (const each of colours) each.removeEventListener('change', again)
    }
  }, [])
  const move = (by: number): void => {
    const bars = rows.filter(({ descriptor }) => descriptor !== null)
    const at = chosen?.row == null ? 0 : bars.indexOf(chosen.row) + by
    const next = bars[Math.max(0, Math.min(bars.length - 1, at))]
    if (next === undefined || frame.current === null) return
    setChosen({ row: next, span: null })
    const scroll = frame.current.scrollTop / zoom
    const room = height - head - next.height - 8
    if (next.top < scroll || next.top > scroll + room)
      frame.current.scrollTop = Math.max(0, next.top - room / 2) * zoom
  }
  const moveSpan = (by: number): void => {
    const spans = density?.spans ?? []
    const at = chosen?.span == null ? 0 : spans.indexOf(chosen.span) + by
    const next = spans[Math.max(0, Math.min(spans.length - 1, at))]
    if (next !== undefined) setChosen({ row: null, span: next })
  }
  const open = (row: Row | null | undefined): void => {
    if (row?.descriptor) location.hash = linkTo(service.slug, `fd:${row.descriptor.fd}`)
  }
  const pointed = (event: PointerEvent | MouseEvent): Chosen => {
    if (frame.current === null) return null
    const { top, left, width } = frame.current.getBoundingClientRect()
    const y = (event.clientY - top) / zoom
    if (y < AXIS) return null
    if (y >= head) {
      const row = rowAt(rows, y - head + frame.current.scrollTop / zoom)
      return row && { row, span: null }
    }
    const ms = timeline.begin + ((event.clientX - left) / width) * (timeline.end - timeline.begin)
    const span = density && spanAt(density, ms)
    return span && { row: null, span }
  }
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    ArrowRight: () => moveSpan(1),
    ArrowLeft: () => moveSpan(-1),
    Enter: () => open(chosen?.row),
  }
  return (
    <Section id="timeline" title="Timeline">
      <div
        ref={frame}
        class="timeline"
        role="group"
        aria-label={LABEL}
        tabIndex={0}
        style={{ height: `${height * zoom + 2}px` }}
        onScroll={paint}
        onPointerMove={(event) => {
          const next = pointed(event)
          if (next?.row !== chosen?.row || next?.span !== chosen?.span) setChosen(next)
        }}
        onClick={(event) => open(pointed(event)?.row)}
        onKeyDown={(event) => {
          const act = keys[event.key]
          if (act === undefined) return
          act()
          event.preventDefault()
        }}
      >
        <canvas ref={canvas} style={{ width: '100%', height: `${height * zoom}px` }} />
        <div style={{ height: `${Math.max(0, timeline.height + head + 8 - height) * zoom}px` }} />
      </div>
      <p class="pointed" role="status">
        {told(chosen, service)}
      </p>
      {density === null ? null : <ClosedTable density={density} />}
      {answer.closed === null && answer.evidence?.tracer !== 'none' ? (
        <p class="closed-again">
          What was opened and closed again is not counted: only the preloaded library sees what is closed.
        </p>
      ) : null}
    </Section>
  )
}

/** How much larger than usual the style sheet writes, as it does on screens of very many pixels. */
function useZoom(): number {
  const [zoom, setZoom] = useState(zoomNow)
  useEffect(() => {
    const again = (): void => setZoom(zoomNow())
    addEventListener('resize', again)
    return () => removeEventListener('resize', again)
  }, [])
  return zoom
}

const zoomNow = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16

function told(chosen: Chosen, service: Service): string {
  if (chosen === null) return HINT
  const { row, span } = chosen
  if (span !== null) return `${timesOf(span)}: ${span.total} opened and closed again · ${partsText(span)}`
  const { descriptor, owner, count } = row
  if (descriptor === null) return `${owner}: ${count}`
  const { origin, missing } = descriptor
  const since = origin?.atMs == null ? (missing ?? '') : `since ${duration(origin.atMs)}`
  const parts = [descriptorSentence(descriptor), owner, since, marksText(descriptor)]
  return [...parts, verdictOf(service, descriptor) ?? ''].filter(Boolean).join(' · ')
}
