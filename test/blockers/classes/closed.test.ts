import { expect, test } from 'vitest'
import { closedOf } from '../../../harness/blockers/classes/closed.js'
import type { ClosedCount } from '../../../harness/model/origins/closed.js'

const count = (
  fromMs: number,
  files: number,
  code: ClosedCount['code'],
  name: string | null,
): ClosedCount => ({
  ...{ fromMs, toMs: fromMs + 8, files, code, class: name },
})
const libraries = Array.from({ length: 20 }, (_, i) => ({
  jar: `lib-${i}.jar`,
  artifact: null,
  packages: [`com.acme.p${i}`],
}))
const sum = (counts: number[] = []) => counts.reduce((all, each) => all + each, 0)

test('where nobody counted nothing is told, which is not the same as nothing', () => {
  expect(closedOf(null, [])).toBeNull()
  expect(closedOf([], [])).toEqual({ total: 0, spanMs: 10, by: [] })
})

test('counts are sorted into sixty spans, by jar, by the JDK, by native code', () => {
  const closed = closedOf(
    [
      count(0, 5, 'native', null),
      count(590, 2, 'java', 'com.acme.p1.Pool$Entry'),
      count(11_990, 7, 'java', 'com.acme.p1.Pool'),
      count(3_000, 4, 'java', null),
      count(3_000, 3, 'java', 'com.unknown.X'),
      count(3_000, 1, 'unknown', null),
    ],
    libraries,
  )
  expect(closed).toMatchObject({ total: 22, spanMs: 200 })
  expect(closed?.by.map(({ code, jar, counts }) => [code, jar, sum(counts), counts.length])).toEqual([
    ['app', 'lib-1.jar', 9, 60],
    ['native', null, 5, 60],
    ['jdk', null, 4, 60],
    ['app', null, 3, 60],
    ['unknown', null, 1, 60],
  ])
  const [pool] = closed?.by ?? []
  expect([pool?.counts[2], pool?.counts[59]]).toEqual([2, 7])
})

test('of very many jars the rarest are told together, and none is left out', () => {
  const closed = closedOf(
    [
      ...libraries.map((_, i) => count(i, 100 - i, 'java', `com.acme.p${i}.A`)),
      count(5, 1, 'java', 'com.unknown.X'),
    ],
    libraries,
  )
  expect(closed?.by).toHaveLength(13)
  expect(closed?.by.at(-1)).toMatchObject({ code: 'app', jar: null })
  expect(closed?.by.reduce((all, { counts }) => all + sum(counts), 0)).toBe(closed?.total)
})

test('what comes when the checkpoint is asked for is left out', () => {
  const closed = closedOf(
    [count(10, 5, 'java', 'com.acme.p1.A'), count(1000, 900, 'java', null)],
    libraries,
    900,
  )
  expect(closed).toMatchObject({ total: 5, spanMs: 10 })
})
