import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { compileJava, fixture, jdk } from '../support/java.js'

const waits = compileJava('hold', [fixture('java/17/Waits.java')], 17)
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const folder = mkdtempSync(join(tmpdir(), 'scenarios-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const java = (...args: string[]) => JSON.stringify([jdk.java, '-cp', `${waits}:${leaks}`, ...args])
const from = (...path: string[]) => JSON.stringify(join(packageRoot, ...path))

test('each app of a file is a test of its own, and the plugin’s baseline accepts for it', async () => {
  const files = {
    'crac-preflight.yaml': `defaults: { ready: { log: READY }, trace: none }
apps:
  clean: { command: ${java('Waits')} }
  leaky: { command: ${java('leaks.Main', 'FileInput')} }
  known: { command: ${java('leaks.Main', 'FileInput')}, accept: ['file:*'] }
  mended: { command: ${java('Waits')}, expect: { blocked-by: ['file:*'] } }
  based: { command: ${java('leaks.Main', 'FileInput')} }
`,
    'baseline.yaml': `based: ['*']\n`,
    'apps.test.ts': `import { scenarios } from ${from('harness', 'vitest', 'scenarios.ts')}
scenarios('crac-preflight.yaml')`,
    'vitest.config.ts': `import { cracPreflight } from ${from('harness', 'vitest', 'config.ts')}
export default { plugins: [cracPreflight({ baseline: 'baseline.yaml' })] }`,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const vitest = join(packageRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const { stdout, all } = await execa(process.execPath, [vitest, 'run', '--reporter=json'], {
    cwd: folder,
    reject: false,
    all: true,
  })
  const [{ assertionResults }] = (JSON.parse(stdout) as Results).testResults
  const outcomes = assertionResults.map(({ title, status }) => `${title} ${status}`)
  expect(outcomes, all).toEqual([
    'clean passed',
    'leaky failed',
    'known passed',
    'mended failed',
    'based passed',
  ])
  expect(assertionResults[3]?.failureMessages.join()).toContain('expected to be blocked by "file:*"')
})

interface Results {
  testResults: [{ assertionResults: { title: string; status: string; failureMessages: string[] }[] }]
}
