import { useMemo, useRef, useState } from 'preact/hooks'
import { largest } from '../../harness/model/lists'
import { count } from '../../harness/model/text'
import { ownersOf } from '../data/owners'
import type { Service } from '../data/services'
import { Section } from '../parts/section'
import { contains, flameOf, type Box } from './tree'

const ROW = 22
/** A box that is narrower can't be seen, and is not there. */
const THINNEST = 0.0015

/** Who opened the descriptors, callers above callees or below them. */
export function FlameSection({ service }: { service: Service }) {
  const { descriptors } = service.answer
  const owners = ownersOf(service.answer)
  const hasBlocked = descriptors.some(({ verdict }) => verdict === 'blocked')
  const [blockedOnly, setBlockedOnly] = useState(hasBlocked)
  const [upwards, setUpwards] = useState(false)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const boxes = useMemo(
    () => flameOf(descriptors, { owners, blockedOnly, open }),
    [descriptors, owners, blockedOnly, open],
  )
  return (
    <Section
      id="flame"
      title="Flame graph"
      aside={
        <div class="controls">
          {open.size > 0 ? (
            <button type="button" class="quiet" onClick={() => setOpen(new Set())}>
              Fold libraries again
            </button>
          ) : null}
          {hasBlocked ? (
            <Choice
              name="Which descriptors"
              options={['blocked', 'all']}
              chosen={blockedOnly ? 'blocked' : 'all'}
              onChoose={(each) => setBlockedOnly(each === 'blocked')}
            />
          ) : null}
          <Choice
            name="Direction"
            options={['icicle', 'flame']}
            chosen={upwards ? 'flame' : 'icicle'}
            onChoose={(each) => setUpwards(each === 'flame')}
          />
        </div>
      }
    >
      <Graph
        key={`${blockedOnly} ${[...open].join()}`}
        boxes={boxes}
        upwards={upwards}
        onOpen={(library) => setOpen(new Set([...open, library]))}
      />
    </Section>
  )
}

function Choice(props: {
  name: string
  options: string[]
  chosen: string
  onChoose: (option: string) => void
}) {
  const { name, options, chosen, onChoose } = props
  return (
    <div class="choice" role="group" aria-label={name}>
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={option === chosen} onClick={() => onChoose(option)}>
          {option}
        </button>
      ))}
    </div>
  )
}

function Graph(props: { boxes: Box[]; upwards: boolean; onOpen: (library: string) => void }) {
  const { boxes, upwards, onOpen } = props
  const graph = useRef<HTMLDivElement>(null)
  const [root] = boxes
  const [zoomed, setZoomed] = useState(root)
  const [current, setCurrent] = useState(root)
  const [told, setTold] = useState<Box | undefined>()
  if (root === undefined || zoomed === undefined || current === undefined) return null
  const shown = boxes.filter(
    (box) => contains(box, zoomed) || (contains(zoomed, box) && box.count / zoomed.count >= THINNEST),
  )
  const depth = largest(shown.map((box) => box.depth)) + 1
  const select = (box: Box | undefined): void => {
    if (box === undefined) return
    setCurrent(box)
    setTold(box)
    graph.current?.querySelector<HTMLElement>(`[data-key="${box.key}"]`)?.focus()
  }
  const act = (box: Box): void => {
    if (box.folds !== null) onOpen(box.folds)
    else setZoomed(box)
  }
  const inner = (): Box | undefined =>
    shown.find((box) => box.depth === current.depth + 1 && contains(current, box))
  const outer = (): Box | undefined =>
    shown.find((box) => box.depth === current.depth - 1 && contains(box, current))
  const steps: Record<string, () => Box | undefined> = {
    ArrowUp: upwards ? inner : outer,
    ArrowDown: upwards ? outer : inner,
    ArrowLeft: () => shown.findLast((box) => box.depth === current.depth && box.left < current.left),
    ArrowRight: () => shown.find((box) => box.depth === current.depth && box.left > current.left),
    Home: () => root,
  }
  const share = told === undefined ? '' : `${((told.count / root.count) * 100 || 0).toFixed(0)} %`
  return (
    <>
      <div
        ref={graph}
        class="flame"
        role="group"
        aria-label="Flame graph: arrow keys move, Enter opens or enlarges, Escape shows all"
        style={{ height: `${depth * ROW}px` }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setZoomed(root)
          else if (steps[event.key] !== undefined) select(steps[event.key]?.())
          else return
          event.preventDefault()
        }}
        onPointerLeave={() => setTold(undefined)}
      >
        {shown.map((box) => (
          <button
            key={box.key}
            data-key={box.key}
            type="button"
            class={`box ${boxClass(box)} ${box.depth < zoomed.depth ? 'around' : ''}`}
            tabIndex={box === current ? 0 : -1}
            aria-label={`${box.name}: ${box.whole}, ${count(box.count, 'descriptor')}`}
            style={placeOf(box, zoomed, upwards ? depth - 1 - box.depth : box.depth)}
            onClick={() => act(box)}
            onFocus={() => {
              setCurrent(box)
              setTold(box)
            }}
            onPointerEnter={() => setTold(box)}
          >
            {box.folds === null ? null : <span class="plus" aria-hidden="true" />}
            {box.name}
          </button>
        ))}
      </div>
      <p class="pointed" role="status">
        {told === undefined
          ? 'A box is as wide as the descriptors that came about below it. Boxes with + fold a run of one library.'
          : `${told.whole} · ${told.count} of ${count(root.count, 'descriptor')} (${share})`}
      </p>
    </>
  )
}

function boxClass(box: Box): string {
  if (box.depth === 0 || box.owner === 'kind') return 'is-note'
  return box.colour === null ? 'owner-none' : `owner-${box.colour}`
}

function placeOf(box: Box, zoomed: Box, row: number): Record<string, string> {
  const around = box.depth < zoomed.depth
  const left = around ? 0 : ((box.left - zoomed.left) / zoomed.count) * 100
  const width = around ? 100 : (box.count / zoomed.count) * 100
  return { left: `${left}%`, width: `${width}%`, top: `${row * ROW}px` }
}
