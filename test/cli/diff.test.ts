import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkpointable, springBoot } from '../fixtures/reports/reports.js'
import { run } from './command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'diff-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
const file = (name: string, value: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(value))
  return path
}
const [clean, blocked] = [file('clean.json', checkpointable), file('blocked.json', springBoot)]

test('what is new fails; what is gone does not; each output has the same difference', async () => {
  const page = join(folder, 'diff.html')
  const worse = await run(['diff', clean, blocked, '--json', '-', '--html', page])
  expect(worse.code).toBe(1)
  expect(JSON.parse(worse.stdout).blockers.added.map(({ id }: { id: string }) => id)).toEqual(
    springBoot.blockers.map(({ id }) => id),
  )
  expect(worse.stderr).toContain('blockers: 2 new, 0 gone, 0 moved, 0 as before')
  expect(readFileSync(page, 'utf8')).toContain('"compare":{"before":1}')
  const better = await run(['diff', blocked, clean])
  expect(better.code).toBe(0)
  expect(better.stdout).toContain('blockers: 0 new, 2 gone, 0 moved, 0 as before')
})

test('services of merged files are matched by their names; what is in one run alone is new or gone as a whole', async () => {
  const many = (...reports: unknown[]) => ({ schema: 'crac-preflight/reports@1', reports })
  const named = (scenario: string, report: object) => ({ ...report, scenario })
  const [a, b] = [
    file(
      'a.json',
      many(named('orders', springBoot), named('old', springBoot), named('clean', checkpointable)),
    ),
    file(
      'b.json',
      many(named('clean', checkpointable), named('orders', checkpointable), named('mail', springBoot)),
    ),
  ]
  const page = join(folder, 'many.html')
  const { code, stdout } = await run(['diff', a, b, '--html', page])
  expect(code).toBe(1)
  expect(stdout.split('\n').filter((line) => /^(?:\w+: \D+ → |blockers)/.test(line))).toEqual([
    ...['clean: checkpointable → checkpointable', 'blockers: 0 new, 0 gone, 0 moved, 0 as before'],
    ...['orders: blocked → checkpointable', 'blockers: 0 new, 2 gone, 0 moved, 0 as before'],
    ...['mail: not there → blocked', 'blockers: 2 new, 0 gone, 0 moved, 0 as before'],
    ...['old: blocked → not there', 'blockers: 0 new, 2 gone, 0 moved, 0 as before'],
  ])
  const { comparisons } = JSON.parse((await run(['diff', a, b, '--json', '-'])).stdout)
  expect(comparisons.map(({ name, only }: { name: string; only: string }) => [name, only])).toEqual([
    ['clean', null],
    ['orders', null],
    ['mail', 'after'],
    ['old', 'before'],
  ])
  // Nothing is new where the earlier run had all of it.
  expect((await run(['diff', a, a])).code).toBe(0)
})

test('the folder of a report stands for its report', async () => {
  const kept = join(folder, 'kept')
  mkdirSync(kept)
  writeFileSync(join(kept, 'report.json'), JSON.stringify(springBoot))
  const { code, stdout } = await run(['diff', clean, kept])
  expect(code).toBe(1)
  expect(stdout).toContain('blockers: 2 new, 0 gone, 0 moved, 0 as before')
  const { code: other, stderr } = await run(['diff', clean, folder])
  expect(other).toBe(2)
  expect(stderr).toMatch(/There is no report ".*report\.json"/)
})

test('an error names what is no report, and what to do', async () => {
  const cases = [
    [['diff', clean], /diff takes two reports, not 1\. Write them with "check --json FILE"/],
    [['diff', clean, join(folder, 'none.json')], /There is no report ".*none\.json"/],
    [['diff', clean, file('other.json', { schema: 'x' })], /other\.json is no report of this version/],
  ] as const
  for (const [args, message] of cases) {
    const { code, stderr } = await run([...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  }
})
