import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { run } from './command-line.js'

const waits = compileJava('hold', [fixture('java/17/Waits.java')], 17)
const java = [
  '--',
  jdk.java,
  '-cp',
  `${waits}:${join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')}`,
]

test.concurrent.for([
  'check --jdk-option -Dserver.port=8080',
  'check --jdk-option -XX:TieredStopAtLevel=1',
  'check --jdk-option -verbose:gc',
  'check --jdk-option -Xshare:off',
  'check --jdk-option --add-opens=java.base/java.io=ALL-UNNAMED',
  'check --jdk-option --help',
  'check --name -v',
  'check --env -h=1',
  'trace --jdk-option -Dserver.port=8080',
  'trace --name -h',
])(
  '%s: a value that begins with a dash is a value, and what can not be checked is no success',
  async (line) => {
    const { code, stdout, stderr } = await run([...line.split(' '), '--', 'false'])
    expect(code).toBe(3)
    expect(stdout + stderr).toMatch(/APP_DIED|ended/)
  },
)

test('the JVM gets an option that begins with a dash as it was given', async () => {
  const policies = ['--jdk-option', '-Djdk.crac.resource-policies=/no/such/policies']
  const { code, stdout } = await run(['check', ...policies, '--ready', 'log=/READY/', ...java, 'Waits'])
  expect(code).toBe(1)
  expect(stdout).toContain('does not exist')
})

test('a value is taken letter by letter, also where it reads like a number or is empty', async () => {
  const name = async (...args: string[]) => {
    const { stdout } = await run(['check', '--json', '-', ...args, '--', 'false'])
    return (JSON.parse(stdout) as { scenario: string }).scenario
  }
  expect(await name('--name', '007')).toBe('007')
  expect(await name('--name', '1e3')).toBe('1e3')
  expect(await name('--name=0x10')).toBe('0x10')
  expect(await name('--name=', '--cwd', '/')).toBe('')
})

test.concurrent.for([
  [['check', '-Dserver.port=8080', '--', 'false'], /no option "-Dserver.port=8080".*--jdk-option/],
  [['check', '-verbose:gc', '--', 'false'], /no option "-verbose:gc"/],
  [['check', '-vh', '--', 'false'], /no option "-vh"/],
  [['check', '--name', '--', 'false'], /--name needs a value/],
  [['check', '--json', '--', 'false'], /--json needs a value/],
  [['check', '--ready', '--json', '--', 'false'], /--ready can't be "--json"/],
] as const)('%j is a usage error, and nothing is run', async ([args, message]) => {
  const { code, stdout, stderr } = await run([...args])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
})

test.concurrent.for([
  [['-h'], /Commands:/],
  [['--help'], /Commands:/],
  [['check', '--help'], /--jdk-option/],
  [['check', '-h', '--', 'false'], /--jdk-option/],
  [['-v'], /^crac-preflight\/\d/],
  [['--version'], /^crac-preflight\/\d/],
  [['check', '--version', '--', 'false'], /^crac-preflight\/\d/],
] as const)('%j ends with 0, as what was asked for is written out', async ([args, text]) => {
  const { code, stdout } = await run([...args])
  expect(code).toBe(0)
  expect(stdout).toMatch(text)
})
