import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { answerOf, type JudgedDescriptor } from '../../../harness/model/answer.js'
import type { Frame } from '../../../harness/model/report.js'
import { springBoot } from '../../fixtures/reports/reports.js'
import { expectLinear } from '../../support/growth.js'

/** What the page's own sources have; they are compiled for browsers, so their types are not those of the tests. */
interface FlameTree {
  flameOf: (
    descriptors: readonly JudgedDescriptor[],
    options: { owners: unknown; blockedOnly: boolean; open: ReadonlySet<string> },
  ) => { name: string; left: number; count: number; depth: number }[]
}
type OwnersClass = new (answer: unknown) => object

const answer = answerOf(springBoot)
const [example] = answer.descriptors.filter(({ origin }) => origin !== null)

let boxesOf: (stacks: Frame[][]) => ReturnType<FlameTree['flameOf']>
beforeAll(async () => {
  const { flameOf } = (await import(join(packageRoot, 'page', 'flame', 'tree.ts'))) as FlameTree
  const { Owners } = (await import(join(packageRoot, 'page', 'data', 'owners.ts'))) as { Owners: OwnersClass }
  const options = { owners: new Owners(answer), blockedOnly: false, open: new Set<string>() }
  boxesOf = (stacks) => flameOf(stacks.map(withStack), options)
})

function withStack(java: Frame[], i: number): JudgedDescriptor {
  if (!example?.origin) throw new Error('The example has no descriptor with an origin.')
  return { ...example, fd: i, origin: { ...example.origin, java } }
}

const frame = (name: string, line: number): Frame => ({ class: name, method: 'call', file: 'A.java', line })

test('a box is as wide as what came about below it, and lies in its caller', () => {
  const outer = frame('com.acme.Main', 1)
  const boxes = boxesOf([[frame('org.pool.Pool', 2), outer], [frame('org.pool.Pool', 3), outer], [outer]])
  expect(boxes[0]).toMatchObject({ left: 0, count: 3, depth: 0 })
  for (const [i, box] of boxes.entries()) {
    const caller = boxes.slice(0, i).findLast(({ depth }) => depth === box.depth - 1)
    if (caller === undefined) continue
    expect(caller.left).toBeLessThanOrEqual(box.left)
    expect(caller.left + caller.count).toBeGreaterThanOrEqual(box.left + box.count)
  }
})

test('a stack of any depth is drawn', () => {
  // Of two libraries by turns, so that no run folds.
  const deep = Array.from({ length: 20_000 }, (_, i) => frame(`com.${i % 2 === 0 ? 'a' : 'b'}.Recursion`, i))
  expect(boxesOf([deep]).length).toBe(20_002)
})

test('100,000 different stacks are drawn, in time with their number', async () => {
  const stacks = (size: number) =>
    Array.from({ length: size }, (_, i) => [frame('com.acme.Orders', i), frame('com.acme.Main', 1)])
  expect(boxesOf(stacks(100_000)).length).toBeGreaterThan(100_000)
  await expectLinear((size) => () => boxesOf(stacks(size)), [10_000, 20_000, 40_000])
})
