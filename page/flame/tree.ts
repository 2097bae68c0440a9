/** How descriptors came about, as a tree of callers: runs of one library are one box until they are opened. */
import type { JudgedDescriptor } from '../../harness/model/answer'
import type { Frame } from '../../harness/model/report'
import { isFromBeforeApp } from '../../harness/model/origins/before-app'
import { count, formatFrame } from '../../harness/model/text'
import type { Owners } from '../data/owners'
import { shortName } from '../stack/frame'

export interface Box {
  key: string
  /** What stands in it, and what it stands for. */
  name: string
  whole: string
  owner: string
  colour: number | null
  /** The library whose run it folds; null where it is one frame. */
  folds: string | null
  left: number
  count: number
  depth: number
}

interface Step {
  name: string
  whole: string
  owner: string
  folds: string | null
}

interface Node {
  step: Step
  count: number
  children: Map<string, Node>
}

const SHORTEST_FOLD = 3

export interface FlameOptions {
  owners: Owners
  blockedOnly: boolean
  /** Libraries whose runs are shown frame by frame. */
  open: ReadonlySet<string>
}

/** The boxes in the order in which a reader meets them: each before those that it called. */
export function flameOf(descriptors: readonly JudgedDescriptor[], options: FlameOptions): Box[] {
  const root = leaf({ name: 'all', whole: 'all descriptors', owner: 'all', folds: null })
  for (const descriptor of descriptors) {
    if (isFromBeforeApp(descriptor)) continue
    if (options.blockedOnly && descriptor.verdict !== 'blocked') continue
    let node = root
    node.count += 1
    for (const step of stepsOf(descriptor, options)) {
      const child = node.children.get(step.whole) ?? leaf(step)
      node.children.set(step.whole, child)
      child.count += 1
      node = child
    }
  }
  root.step.name = count(root.count, 'descriptor')
  return laidOut(root, options.owners)
}

const leaf = (step: Step): Node => ({ step, count: 0, children: new Map() })

function stepsOf({ origin, missing, kind }: JudgedDescriptor, { owners, open }: FlameOptions): Step[] {
  const java = (origin?.java ?? []).toReversed()
  const end = { name: kind, whole: `${kind} ${origin?.syscall ?? ''}`.trim(), owner: 'kind', folds: null }
  if (java.length > 0) return [...runsOf(java, owners).flatMap((run) => stepsOfRun(run, open)), end]
  const native = (origin?.native ?? [])
    .toReversed()
    .map((text): Step => ({ name: text, whole: text, owner: 'JVM and native code', folds: null }))
  const why = missing ?? 'origin not known'
  return native.length > 0
    ? [...native, end]
    : [{ name: why, whole: why, owner: 'not known', folds: null }, end]
}

interface Run {
  owner: string
  frames: Frame[]
}

function runsOf(frames: readonly Frame[], owners: Owners): Run[] {
  const runs: Run[] = []
  for (const frame of frames) {
    const owner = owners.library(frame)
    const last = runs.at(-1)
    if (last?.owner === owner) last.frames.push(frame)
    else runs.push({ owner, frames: [frame] })
  }
  return runs
}

/** A run folds to where it was entered and what it called. */
function stepsOfRun({ owner, frames }: Run, open: ReadonlySet<string>): Step[] {
  const [first] = frames
  const last = frames.at(-1)
  if (frames.length < SHORTEST_FOLD || open.has(owner) || first === undefined || last === undefined)
    return frames.map((frame) => ({ name: shortName(frame), whole: formatFrame(frame), owner, folds: null }))
  return [
    {
      name: `${shortName(first)} … ${shortName(last)}`,
      whole: `${frames.length} frames of ${owner}, from ${formatFrame(first)} to ${formatFrame(last)}`,
      owner,
      folds: owner,
    },
  ]
}

/** Without recursion: a Java stack may be deeper than ours. */
function laidOut(root: Node, owners: Owners): Box[] {
  const boxes: Box[] = []
  const open = [{ node: root, left: 0, depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, left, depth } = next
    const { step, count } = node
    boxes.push({ ...step, key: `${depth} ${left}`, colour: owners.colour(step.owner), left, count, depth })
    let at = left
    const children = [...node.children.values()]
      .sort((a, b) => b.count - a.count || (a.step.whole < b.step.whole ? -1 : 1))
      .map((child) => {
        const placed = { node: child, left: at, depth: depth + 1 }
        at += child.count
        return placed
      })
    for (const child of children.toReversed()) open.push(child)
  }
  return boxes
}

export const contains = (outer: Box, inner: Box): boolean =>
  outer.depth <= inner.depth &&
  outer.left <= inner.left &&
  inner.left + inner.count <= outer.left + outer.count
