import { execa } from 'execa'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderProfile } from '../../harness/cli/output/profile.js'
import { packageRoot } from '../../harness/host/package-root.js'

test('the profile indents what is within a step, and leaves out what is the app’s or the engine’s own', () => {
  const spans = [
    { name: 'boot', begin: 100, end: 500 },
    { name: 'app starts', begin: 200, end: 450 },
    { name: 'engine', begin: 500, end: 800 },
    { name: 'table captured', begin: 600, end: 620 },
    { name: 'join', begin: 800, end: 850 },
  ]
  const lines = renderProfile(spans, 1000).split('\n')
  expect(lines.map((line) => line.trimEnd().replace(/ {2,}(?=\d)/g, ' | '))).toEqual([
    '  where the time went                 began    took',
    '  boot | 100 | 400 ms',
    '    app starts | 200 | 250 ms',
    '  engine | 500 | 300 ms',
    '    table captured | 600 | 20 ms',
    '  join | 800 | 50 ms',
    '  all, from the command on | 0 | 1000 ms',
    "  beyond the app's start, the warm-up and the engine: 450 ms",
    '',
  ])
})

test('--profile is on standard error, however the command ends, and changes no exit code', async () => {
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
  const args = ['check', '--profile', '--trace', 'none', '--', 'no-such-command']
  const { exitCode, stdout, stderr } = await execa(process.execPath, [cli, ...args], { reject: false })
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/modules loaded +\d+ +\d+ ms\n/)
  expect(stderr).toMatch(/beyond the app's start, the warm-up and the engine: \d+ ms/)
})
