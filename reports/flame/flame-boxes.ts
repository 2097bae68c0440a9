import { append } from '../../harness/model/lists.js'
import type { LedgerEntry } from '../../harness/model/report.js'
import { originStack, type StackFrame } from '../parts/origin-stacks.js'

/** One box of a flame graph: a frame with all descriptors that came about below the same callers. */
export interface FlameBox extends StackFrame {
  /** How many descriptors stand left of it, and how many it covers. */
  left: number
  count: number
  /** 0 is the box of all descriptors. */
  depth: number
}

interface Node {
  frame: StackFrame
  count: number
  children: Map<string, Node>
}

const leaf = (frame: StackFrame): Node => ({ frame, count: 0, children: new Map() })

/** The boxes of a flame graph in the order in which a reader meets them: each before those that it called. */
export function flameBoxes(entries: readonly LedgerEntry[]): FlameBox[] {
  const root = leaf({ name: 'all', code: 'note' })
  for (const entry of entries) {
    let node = root
    node.count += 1
    for (const frame of originStack(entry)) {
      const child = node.children.get(frame.name) ?? leaf(frame)
      node.children.set(frame.name, child)
      child.count += 1
      node = child
    }
  }
  return laidOut(root)
}

/** Without recursion: a Java stack may be deeper than ours. */
function laidOut(root: Node): FlameBox[] {
  const boxes: FlameBox[] = []
  const open = [{ node: root, left: 0, depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, left, depth } = next
    boxes.push({ ...node.frame, left, count: node.count, depth })
    let at = left
    const children = [...node.children.values()]
      .sort((a, b) => b.count - a.count || (a.frame.name < b.frame.name ? -1 : 1))
      .map((child) => {
        const placed = { node: child, left: at, depth: depth + 1 }
        at += child.count
        return placed
      })
    append(open, children.toReversed())
  }
  return boxes
}
