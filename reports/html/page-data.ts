/** What the page is a function of, and how it travels in it: each frame and each stack once, all text made printable. */
import type { Answer, JudgedDescriptor } from '../../harness/model/answer.js'
import type { Known } from '../../harness/model/known.js'
import type { Blocker, Finding, Frame, Origin } from '../../harness/model/report.js'
import { printable } from '../parts/escape.js'

/** Everything that the page shows. */
export interface PageData {
  answers: PageAnswer[]
  /** The page is about what is different between two of them. */
  compare: boolean
}

export type PageAnswer = Omit<Answer, 'groups'> & {
  /** Of the blockers whose line is in the repository where the page was written. */
  sourceLines?: SourceLine[]
}

/** Where a blocker comes from; `url` is null where the repository is on no forge that is known. */
export interface SourceLine {
  /** The blocker's. */
  id: string
  file: string
  line: number | null
  url: string | null
}

/** An id on its way: under a name that says that it is one. */
interface PackedKnown {
  accepted: { id: string }[]
}

/** A stack by its place in the table of stacks. */
type Packed = number

interface PackedData {
  frames: Frame[]
  stacks: number[][]
  answers: unknown[]
  compare: boolean
}

const stackKeys = new Set(['java', 'creationStack', 'thrownAt'])
const blocks = new Set(['output', 'policy', 'message', 'text'])

/** As JSON values: no text in it can hide or forge anything. A blocker's id alone is as it is, for it is copied. */
export function packData({ answers, compare }: PageData): PackedData {
  const frames = new Table<Frame>()
  const stacks = new Table<number[]>()
  const stackOf = (stack: Frame[]): Packed =>
    stacks.place(stack.map((frame) => frames.place(frame, frameKey(frame))))
  const packed = answers.map((answer) => JSON.parse(JSON.stringify(answer, pack)) as unknown)
  return { frames: frames.values.map(readable), stacks: stacks.values, answers: packed, compare }

  function pack(key: string, value: unknown): unknown {
    if (stackKeys.has(key)) return stackOf(value as Frame[])
    if (key === 'groups') return undefined
    if (key === 'known' && value !== null) {
      const known = value as Known
      return { ...known, accepted: known.accepted.map((id) => ({ id })) }
    }
    if (typeof value !== 'string' || key === 'id') return value
    return printable(value, { lines: blocks.has(key) })
  }
}

/** The same values again; equal stacks are one object. */
export function unpackData({ frames, stacks, answers, compare }: PackedData): PageData {
  const whole = stacks.map((stack) => stack.flatMap((place) => frames[place] ?? []))
  const stackAt = (place: unknown): Frame[] => whole[place as Packed] ?? []
  const unpackOrigin = (origin: Origin | null): Origin | null =>
    origin && { ...origin, java: stackAt(origin.java) }
  const unpackDescriptor = (each: JudgedDescriptor): JudgedDescriptor => ({
    ...each,
    origin: unpackOrigin(each.origin),
    bound: unpackOrigin(each.bound),
    listened: unpackOrigin(each.listened),
    connected: unpackOrigin(each.connected),
  })
  const unpackFinding = (each: Finding): Finding => ({
    ...each,
    creationStack: stackAt(each.creationStack),
    thrownAt: stackAt(each.thrownAt),
  })
  const unpackKnown = (known: Known | null): Known | null =>
    known && { ...known, accepted: (known as unknown as PackedKnown).accepted.map(({ id }) => id) }
  const unpackBlocker = (each: Blocker): Blocker => ({ ...each, findings: each.findings.map(unpackFinding) })
  return {
    compare,
    answers: (answers as PageAnswer[]).map((answer) => ({
      ...answer,
      known: unpackKnown(answer.known),
      descriptors: answer.descriptors.map(unpackDescriptor),
      blockers: answer.blockers.map(unpackBlocker),
    })),
  }
}

const frameKey = (frame: Frame): string => JSON.stringify([frame.class, frame.method, frame.file, frame.line])

const readable = (frame: Frame): Frame => ({
  class: printable(frame.class),
  method: printable(frame.method),
  file: frame.file === null ? null : printable(frame.file),
  line: frame.line,
})

/** Values by their place, equal ones once. */
class Table<T> {
  readonly values: T[] = []
  private readonly places = new Map<string, number>()

  place(value: T, key = String(value)): number {
    const known = this.places.get(key)
    if (known !== undefined) return known
    this.places.set(key, this.values.length)
    return this.values.push(value) - 1
  }
}
