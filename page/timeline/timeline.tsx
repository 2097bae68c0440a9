import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { duration } from '../../harness/model/text'
import { descriptorSentence } from '../../reports/parts/sentences'
import { linkTo } from '../data/route'
import type { Service } from '../data/services'
import { Section } from '../parts/section'
import { AXIS, draw } from './draw'
import { rowAt, timelineOf, type Row } from './rows'

/** The table of descriptors says the same in words. */
const LABEL = 'Timeline of descriptors: arrow keys choose one, Enter opens it in the table below'
const MOST_HEIGHT = 460

/** Since when each descriptor is open, and who opened it. */
export function TimelineSection({ service }: { service: Service }) {
  const timeline = useMemo(() => timelineOf(service), [service])
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [chosen, setChosen] = useState<Row | null>(null)
  const height = Math.min(timeline.height + AXIS + 8, MOST_HEIGHT)
  const paint = (): void => {
    if (frame.current === null || canvas.current === null) return
    const { clientWidth: width, scrollTop: scroll } = frame.current
    draw(canvas.current, timeline, { width, height, scroll, chosen: chosen?.descriptor?.fd ?? null })
  }
  useEffect(paint)
  useEffect(() => {
    const colours = ['(prefers-color-scheme: dark)', 'print'].map((query) => matchMedia(query))
    const size = new ResizeObserver(paint)
    if (frame.current) size.observe(frame.current)
    for (const each of colours) each.addEventListener('change', paint)
    return () => {
      size.disconnect()
      for (const each of colours) each.removeEventListener('change', paint)
    }
  })
  const bars = timeline.rows.filter(({ descriptor }) => descriptor !== null)
  const move = (by: number): void => {
    const next = bars[Math.max(0, Math.min(bars.length - 1, chosen === null ? 0 : bars.indexOf(chosen) + by))]
    if (next === undefined || frame.current === null) return
    setChosen(next)
    const { scrollTop } = frame.current
    const room = height - AXIS - next.height - 8
    if (next.top < scrollTop || next.top > scrollTop + room)
      frame.current.scrollTop = Math.max(0, next.top - room / 2)
  }
  const open = (row: Row | null): void => {
    if (row?.descriptor) location.hash = linkTo(service.slug, `fd:${row.descriptor.fd}`)
  }
  const pointed = (event: PointerEvent | MouseEvent): Row | null => {
    if (frame.current === null) return null
    const { top } = frame.current.getBoundingClientRect()
    const y = event.clientY - top - AXIS
    return y < 0 ? null : rowAt(timeline.rows, y + frame.current.scrollTop)
  }
  return (
    <Section id="timeline" title="Timeline">
      <div
        ref={frame}
        class="timeline"
        role="group"
        aria-label={LABEL}
        tabIndex={0}
        style={{ height: `${height + 2}px` }}
        onScroll={paint}
        onPointerMove={(event) => {
          const row = pointed(event)
          if (row !== chosen) setChosen(row)
        }}
        onClick={(event) => open(pointed(event))}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') move(1)
          else if (event.key === 'ArrowUp') move(-1)
          else if (event.key === 'Enter') open(chosen)
          else return
          event.preventDefault()
        }}
      >
        <canvas ref={canvas} style={{ width: '100%', height: `${height}px` }} />
        <div style={{ height: `${Math.max(0, timeline.height + AXIS + 8 - height)}px` }} />
      </div>
      <p class="pointed" role="status">
        {chosen === null
          ? 'Strong bars hold the app; faint ones are claimed or inherited. Marks: bind, listen, connect.'
          : told(chosen)}
      </p>
    </Section>
  )
}

function told({ descriptor, owner, count }: Row): string {
  if (descriptor === null) return `${owner}: ${count}`
  const { origin, verdict, missing } = descriptor
  const since = origin?.atMs == null ? (missing ?? '') : `since ${duration(origin.atMs)}`
  return [descriptorSentence(descriptor), owner, since, verdict ?? ''].filter(Boolean).join(' · ')
}
