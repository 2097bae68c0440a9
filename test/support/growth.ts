import { expect } from 'vitest'

/** Processor time of one call in milliseconds: what else the machine does is none of it. The better of two. */
async function costOf(work: () => unknown): Promise<number> {
  let least = Infinity
  for (let i = 0; i < 2; i++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

/**
 * Holds work to growing with its input, at three sizes. A fourfold size takes quadratic work sixteen times as long, and
 * work with a logarithm in it five times; below some milliseconds nothing is measured.
 */
export async function expectLinear(
  make: (size: number) => () => unknown,
  sizes: [number, number, number],
): Promise<void> {
  await make(sizes[0])()
  const [small, middle, large] = [
    await costOf(make(sizes[0])),
    await costOf(make(sizes[1])),
    await costOf(make(sizes[2])),
  ]
  const least = Math.max(small, 8)
  expect(middle / least, `${small} ms, ${middle} ms, ${large} ms`).toBeLessThan(5)
  expect(large / least, `${small} ms, ${middle} ms, ${large} ms`).toBeLessThan(11)
}
