import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { joins } from '../../../harness/ledger/assemble.js'
import {
  combinations,
  joinable,
  legal,
  nameOf,
  needs,
  observerNames,
  situations,
  traceModes,
  type Need,
  type ObserverName,
} from '../../../harness/ledger/observers/combinations.js'
import type { Observation } from '../../../harness/ledger/observers/observer.js'
import { selectObservers, type Known } from '../../../harness/ledger/observers/select.js'

const subsets = <T>(all: readonly T[]): T[][] =>
  all.reduce<T[][]>((some, each) => [...some, ...some.map((set) => [...set, each])], [[]])

const allNeeds = Object.keys(needs) as Need[]
const allObservers = subsets<ObserverName>(observerNames)
const inTable = new Set(combinations.map(({ observers }) => nameOf(observers)))

/** All that observers may need, as if these were there and all others were not. */
const only = (there: readonly Need[]): Known =>
  Object.fromEntries(
    allNeeds.map((need) => {
      const message = `no ${need} here`
      return [need, there.includes(need) ? null : { message, short: message }]
    }),
  )

const pairs = situations.flatMap((situation) => traceModes.map((mode) => ({ situation, mode })))

test.for(pairs)(
  '--trace $mode of a $situation takes the best row of which everything is there',
  async (pair) => {
    const { situation, mode } = pair
    const rows = legal(mode, situation)
    for (const there of subsets(allNeeds)) {
      const choice = selectObservers(mode, situation, { known: only(there) })
      const possible = rows.filter((row) => row.needs.every((need) => there.includes(need)))
      if (rows.length === 0) await expect(choice).rejects.toThrow(`--trace can't be "${mode}"`)
      else if (possible.length === 0)
        await expect(choice).rejects.toThrow(/^--trace \w+ is not available: no \w+ here\.$/)
      else expect(await choice).toMatchObject({ ...possible[0] })
    }
  },
)

test('every row can be chosen: none is hidden by one before it', async () => {
  for (const row of combinations)
    for (const situation of row.situations)
      for (const mode of row.modes) {
        const choice = await selectObservers(mode, situation, { known: only(row.needs) })
        expect(nameOf(choice.observers), `--trace ${mode} of a ${situation}`).toBe(nameOf(row.observers))
      }
})

test('a pair of observers and situation that is not in the table is never chosen', async () => {
  const known = new Set(
    combinations.flatMap((row) => row.situations.map((each) => `${nameOf(row.observers)} of a ${each}`)),
  )
  const chosen = new Set<string>()
  for (const { situation, mode } of pairs)
    for (const there of subsets(allNeeds)) {
      const choice = await selectObservers(mode, situation, { known: only(there) }).catch(() => null)
      if (choice !== null) chosen.add(`${nameOf(choice.observers)} of a ${situation}`)
    }
  const unknown = allObservers
    .flatMap((observers) => situations.map((each) => `${nameOf(observers)} of a ${each}`))
    .filter((pair) => !known.has(pair))
  expect(unknown.filter((pair) => chosen.has(pair))).toEqual([])
  expect([...chosen].sort()).toEqual([...known].sort())
})

test('`auto` never ends in nothing', () => {
  for (const situation of situations) expect(legal('auto', situation).at(-1)?.needs).toEqual([])
})

test('each combination has its join, and what is not in the table has none', () => {
  const tells: Record<ObserverName, Observation['tells']> = {
    kernel: 'records',
    preload: 'records and stacks',
    profiler: 'stacks',
  }
  const told = combinations.map(({ observers }) => observers.map((name) => tells[name]).sort())
  expect(Object.keys(joins).sort()).toEqual(
    [...new Set(told.map((all) => all.join(', ') || 'nothing'))].sort(),
  )
})

test.for(allObservers)('what is left of %o is joined by the largest combination within it', (left) => {
  const { observers } = joinable(left)
  expect(inTable).toContain(nameOf(observers))
  expect(observers.every((name) => left.includes(name))).toBe(true)
  if (inTable.has(nameOf(left))) expect(nameOf(observers)).toBe(nameOf(left))
})

test('docs/ledger.md has the table, row by row', () => {
  const told = readFileSync(join(packageRoot, 'docs', 'ledger.md'), 'utf8')
  const cells = [...told.matchAll(/^\| .* \|$/gm)].map(([line]) =>
    line.split('|').map((cell) => cell.trim().replaceAll('`', '')),
  )
  for (const { observers, situations, modes, needs: needed, engines } of combinations)
    expect(cells).toContainEqual([
      '',
      observers.join(', ') || 'none',
      situations.join(', '),
      modes.join(', '),
      needed.join(', ') || 'nothing',
      engines.join(', ') || 'none',
      '',
    ])
  for (const [need, what] of Object.entries(needs)) expect(cells).toContainEqual(['', need, what, ''])
})
