import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isWatched } from '../../../harness/host/diagnosis/debug.js'
import { packageRoot } from '../../../harness/host/package-root.js'

test.for([
  ['crac-preflight:*', true],
  ['*', true],
  ['crac-preflight:attach', true],
  ['express,crac-preflight:attach', true],
  ['crac-preflight:* -crac-preflight:attach', false],
  ['crac-preflight:tracer', false],
  ['crac.preflight:attach', false],
  ['', false],
] as const)('DEBUG="%s" watches the attach protocol: %s', ([patterns, watched]) => {
  expect(isWatched('crac-preflight:attach', patterns)).toBe(watched)
})

test('what an error was made of is shown with it', () => {
  const check = [
    join(packageRoot, 'dist/harness/cli/main.js'),
    'check',
    '--warm-up',
    '@/no/such/file',
    '--',
    'java',
  ]
  const shown = (patterns: string): string =>
    spawnSync(process.execPath, check, { encoding: 'utf8', env: { ...process.env, DEBUG: patterns } }).stderr
  expect(shown('')).not.toContain('cause')
  const lines = shown('crac-preflight:error').split('\n')
  expect(lines[0]).toMatch(/^ {2}crac-preflight:error UsageError: --warm-up can't be "@\/no\/such\/file"/)
  expect(lines.find((line) => line.includes('[cause]'))).toMatch(/crac-preflight:error .*ENOENT/)
})

test('lines go to standard error, and what a text holds can’t forge another one', () => {
  const program = `import { debug } from ${JSON.stringify(join(packageRoot, 'dist/harness/host/diagnosis/debug.js'))}
    debug('phase')(() => 'boot\\nforged')
    debug('attach')(() => { throw new Error('nobody has asked') })`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, DEBUG: 'crac-preflight:phase' },
  })
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^ {2}crac-preflight:phase boot\\u000aforged \+\d+ms\n$/)
})
