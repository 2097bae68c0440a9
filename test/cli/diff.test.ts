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
  expect(readFileSync(page, 'utf8')).toContain('"compare":true')
  const better = await run(['diff', blocked, clean])
  expect(better.code).toBe(0)
  expect(better.stdout).toContain('blockers: 0 new, 2 gone, 0 moved, 0 as before')
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
