import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { capability, needing } from '../support/capability.js'

const folder = mkdtempSync(join(tmpdir(), 'scenario-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const mounts = capability(
  'mounts',
  process.getuid?.() === 0 && spawnSync('mount', ['--help']).status === 0,
  'only root can mount',
)

needing(mounts)('an app that can’t be stopped properly does not keep the others from it', async () => {
  const classes = compileJava('chatty', [fixture('java', '17', 'Chatty.java')], 17)
  const app = { command: [jdk.java, '-cp', classes, 'Chatty', '0', '0'] }
  // What a disk that is mounted below it is to a folder: it can't be removed.
  writeFileSync(
    join(folder, 'two.test.ts'),
    `import { existsSync } from 'node:fs'
     import { execFileSync } from 'node:child_process'
     import { expect, test as plain } from ${JSON.stringify(join(packageRoot, 'node_modules/vitest/dist/index.js'))}
     import { test } from ${JSON.stringify(join(packageRoot, 'harness', 'vitest', 'scenario.ts'))}
     const spec = { ...${JSON.stringify(app)}, ready: { log: /READY/ } }
     const apps = []
     test('two apps', async ({ boot }) => {
       apps.push(await boot(spec), await boot(spec))
       execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', apps[0].folder])
     })
     plain('afterwards', () => {
       execFileSync('umount', [apps[0].folder])
       expect(apps).toHaveLength(2)
       for (const { pid } of apps) expect(existsSync('/proc/' + pid)).toBe(false)
       expect(existsSync(apps[1].folder)).toBe(false)
     })`,
  )
  const vitest = join(packageRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const { exitCode, stdout } = await execa(process.execPath, [vitest, 'run', '--reporter=json'], {
    cwd: folder,
    reject: false,
  })
  const [{ assertionResults }] = (JSON.parse(stdout) as Results).testResults
  expect(assertionResults).toMatchObject([
    {
      title: 'two apps',
      status: 'failed',
      failureMessages: expect.arrayContaining([
        expect.stringContaining('is left behind: Resource busy'),
      ]) as unknown,
    },
    { title: 'afterwards', status: 'passed', failureMessages: [] },
  ])
  expect(exitCode).toBe(1)
})

interface Results {
  testResults: [{ assertionResults: unknown[] }]
}
