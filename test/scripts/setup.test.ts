import { execa } from 'execa'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

function setUp(...args: string[]) {
  return execa(process.execPath, ['scripts/setup.mjs', ...args], { cwd: packageRoot, reject: false })
}

test('help names every goal and the exit codes', async () => {
  const { stdout, exitCode } = await setUp('--help')
  expect(exitCode).toBe(0)
  for (const goal of ['packages', 'build', 'check', 'demo', 'test', 'arm64'])
    expect(stdout).toMatch(new RegExp(`^  ${goal} `, 'm'))
  expect(stdout).toContain('Exit codes:')
})

test.each([['nonsense'], ['toString'], ['test', 'more']])('the goal "%s %s" is refused', async (...args) => {
  const { stderr, exitCode } = await setUp(...args)
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`Unknown: ${args.join(' ')}`)
})

test('what is set up already is not done again', { timeout: 900_000 }, async () => {
  const first = await setUp('test')
  expect(first.exitCode, first.stderr).toBe(0)
  const second = await setUp('test')
  expect(second).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
})

test('two set-ups at once both succeed, one after the other', { timeout: 900_000 }, async () => {
  const both = await Promise.all([setUp('test'), setUp('test')])
  for (const { exitCode, stderr } of both) expect(exitCode, stderr).toBe(0)
})
