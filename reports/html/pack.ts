/**
 * How the page's data travels in it: each name, each frame and each end of a stack once, nothing that is not known, and all
 * text made printable.
 */
import type { JudgedDescriptor } from '../../harness/model/answer.js'
import type { Known } from '../../harness/model/known.js'
import type { Blocker, Finding, Frame, Origin } from '../../harness/model/report.js'
import { printable } from '../parts/escape.js'
import type { PageAnswer, PageData } from './page-data.js'

/** An id on its way: under a name that says that it is one. */
interface PackedKnown {
  accepted: { id: string }[]
}

/** Class, method, file and line; the first three by their place among the names, -1 where a thing is not known. */
type PackedFrame = [number, number, number, number]

interface PackedData extends Omit<PageData, 'answers'> {
  names: string[]
  frames: PackedFrame[]
  /** A frame, and the stack below it: a stack is the place of its innermost frame here, the first pair is none. */
  stacks: [frame: number, below: number][]
  answers: unknown[]
}

const stackKeys = new Set(['java', 'creationStack', 'thrownAt'])
const blocks = new Set(['output', 'policy', 'message', 'text'])

/** As JSON values: no text in it can hide or forge anything. A blocker's id alone is as it is, for it is copied. */
export function packData({ answers, ...page }: PageData): PackedData {
  const names = new Table<string>()
  const frames = new Table<PackedFrame>()
  const stacks = new Table<[frame: number, below: number]>()
  stacks.place([-1, -1])
  const frameOf = ({ class: name, method, file, line }: Frame): number =>
    frames.place([names.place(name), names.place(method), file === null ? -1 : names.place(file), line ?? -1])
  const stackOf = (stack: Frame[]): number =>
    stack.reduceRight((below, frame) => stacks.place([frameOf(frame), below]), 0)
  const packed = answers.map((answer) => JSON.parse(JSON.stringify(answer, pack)) as unknown)
  return {
    ...page,
    names: names.values.map((name) => printable(name)),
    frames: frames.values,
    stacks: stacks.values,
    answers: packed,
  }

  function pack(key: string, value: unknown): unknown {
    if (stackKeys.has(key)) return stackOf(value as Frame[])
    if (key === 'groups') return undefined
    if (key === 'descriptors') return (value as JudgedDescriptor[] | number[]).map(packDescriptor)
    if (key === 'known' && value !== null) {
      const known = value as Known
      return { ...known, accepted: known.accepted.map((id) => ({ id })) }
    }
    if (typeof value !== 'string' || key === 'id') return value
    return printable(value, { lines: blocks.has(key) })
  }
}

/** A blocker names its descriptors by their numbers. */
function packDescriptor(descriptor: JudgedDescriptor | number): unknown {
  if (typeof descriptor === 'number') return descriptor
  const { origin, bound, listened, connected } = descriptor
  const actions = { origin, bound, listened, connected }
  const packed = Object.entries(actions).map(([name, action]) => [name, action && dense(action)])
  return dense({ ...descriptor, ...(Object.fromEntries(packed) as object) })
}

/** Without what is not known, and without empty lists: most of a descriptor is. */
const dense = (value: object): object =>
  Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== null && !(Array.isArray(each) && each.length === 0)),
  )

const noDescriptor = {
  ...{ peer: null, peerHolders: [], listener: null, watches: [], missing: null },
  ...{ origin: null, bound: null, listened: null, connected: null },
}
const noOrigin = { atMs: null, thread: null, tid: null, syscall: null, native: [] }

/** The same values again, those of descriptors when they are asked for; equal stacks are one list. */
export function unpackData({ names, frames, stacks, answers, ...page }: PackedData): PageData {
  const nameAt = (place: number): string | null => names[place] ?? null
  const frameAt = byPlace((place): Frame => {
    const [name = -1, method = -1, file = -1, line = -1] = frames[place] ?? []
    return {
      ...{ class: nameAt(name) ?? '', method: nameAt(method) ?? '' },
      ...{ file: nameAt(file), line: line === -1 ? null : line },
    }
  })
  const stackAt = byPlace((place): Frame[] => {
    const stack: Frame[] = []
    for (
      let [frame, below] = stacks[place] ?? [-1, -1];
      frame >= 0;
      [frame, below] = stacks[below] ?? [-1, -1]
    )
      stack.push(frameAt(frame))
    return stack
  })
  const unpackOrigin = (origin: Partial<Origin> | null | undefined): Origin | null =>
    origin ? { ...noOrigin, ...origin, java: stackAt(Number(origin.java ?? 0)) } : null
  const unpackDescriptor = (each: JudgedDescriptor): JudgedDescriptor => ({
    ...noDescriptor,
    ...(each.verdict !== undefined && { rule: null }),
    ...each,
    origin: unpackOrigin(each.origin),
    bound: unpackOrigin(each.bound),
    listened: unpackOrigin(each.listened),
    connected: unpackOrigin(each.connected),
  })
  const unpackFinding = (each: Finding): Finding => ({
    ...each,
    creationStack: stackAt(Number(each.creationStack)),
    thrownAt: stackAt(Number(each.thrownAt)),
  })
  const unpackKnown = (known: Known | null): Known | null =>
    known && { ...known, accepted: (known as unknown as PackedKnown).accepted.map(({ id }) => id) }
  const unpackBlocker = (each: Blocker): Blocker => ({ ...each, findings: each.findings.map(unpackFinding) })
  const unpackAnswer = ({ descriptors, ...answer }: PageAnswer): PageAnswer => {
    let unpacked: JudgedDescriptor[] | undefined
    return {
      ...answer,
      known: unpackKnown(answer.known),
      blockers: answer.blockers.map(unpackBlocker),
      get descriptors() {
        return (unpacked ??= descriptors.map(unpackDescriptor))
      },
    }
  }
  return { ...page, answers: (answers as PageAnswer[]).map(unpackAnswer) }
}

function byPlace<T>(make: (place: number) => T): (place: number) => T {
  const known = new Map<number, T>()
  return (place) => {
    const made = known.get(place) ?? make(place)
    known.set(place, made)
    return made
  }
}

/** Values by their place, equal ones once. */
class Table<T> {
  readonly values: T[] = []
  private readonly places = new Map<string, number>()

  place(value: T): number {
    const key = String(value)
    const known = this.places.get(key)
    if (known !== undefined) return known
    this.places.set(key, this.values.length)
    return this.values.push(value) - 1
  }
}
