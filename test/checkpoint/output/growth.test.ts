import { expect, test } from 'vitest'
import { parseOutput } from '../../../harness/checkpoint/output/output.js'

/** Lines whose worst length the app chooses: each was quadratic, or looks like one that could be. */
const worst: Record<string, (length: number) => string> = {
  'a row of the resource table': (length) => `JVM: FD fd=3 type=fifo path="x" OK: a${' '.repeat(length)}x`,
  'its details': (length) => `JVM: FD fd=3 type=fifo path="x"${' '.repeat(length)}details2="x OK: a`,
  'its quotes': (length) => `JVM: FD fd=3 type=fifo path="${'" '.repeat(length / 2)} OK: a`,
  'a shell’s job line': (length) => `[1]${' '.repeat(length)}137`,
  'its sign': (length) => `[1]${' '.repeat(length / 2)}+${' '.repeat(length / 2)}Killex`,
  'an exit code': (length) => `137 ${'Exit code '.repeat(length / 10)}`,
}

function millisOf(text: string): number {
  const begin = performance.now()
  parseOutput(text)
  return performance.now() - begin
}

/** The best of some: what else the machine does only adds. */
const quickest = (text: string): number => Math.min(...[1, 2, 3, 4].map(() => millisOf(text)))

test.for(Object.entries(worst))('%s takes time in proportion to its length', ([, line]) => {
  quickest(line(10_000))
  const [small, middle, large] = [50_000, 100_000, 200_000].map((length) => quickest(line(length)))
  // A fourfold length takes a quadratic step sixteen times as long; below some milliseconds nothing is measured.
  expect(large! / Math.max(small!, 4)).toBeLessThan(10)
  expect(middle! / Math.max(small!, 4)).toBeLessThan(5)
})
