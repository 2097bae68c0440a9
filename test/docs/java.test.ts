import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { freePort } from '../../scenarios/free-port.js'
import { cli } from '../cli/command-line.js'
import { capability, needing } from '../support/capability.js'
import { jdk } from '../support/java.js'
import { userEnvironment } from '../support/packed.js'

const top = mkdtempSync(join(tmpdir(), 'builds-'))
/** The example as it lies in a clone. */
function copyOf(example: string): string {
  const folder = join(top, example)
  cpSync(join(packageRoot, 'examples', example), folder, {
    recursive: true,
    filter: (path) => !/\/(?:target|build|\.gradle)$/.test(path),
  })
  return folder
}
afterAll(() => {
  rmSync(top, { recursive: true })
})

test(
  'Maven’s verify checks the example, fails, and has the results among its tests',
  { timeout: 300_000 },
  async () => {
    const folder = copyOf('maven')
    const port = await freePort()
    const settings = [`-Dport=${port}`, `-Dpreflight='${process.execPath}' '${cli}'`]
    const { exitCode, all } = await execa('mvn', ['-B', '-q', ...settings, 'verify'], {
      ...{ cwd: folder, reject: false, all: true },
    })
    expect(exitCode, all).toBe(1)
    expect(all).toContain('Process exited with an error: 1')
    const xml = readFileSync(join(folder, 'target', 'surefire-reports', 'TEST-preflight.xml'), 'utf8')
    expect(xml).toMatch(
      /<testcase [^>]*name="file:com\.example\.Orders\.main"[^>]* file="src\/main\/java\/com\/example\/Orders\.java" line="17">/,
    )
  },
)

const gradle = capability(
  'gradle',
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'gradle'))),
  'there is no Gradle in PATH; "apt-get install gradle" gets one',
)

needing(gradle)(
  'Gradle’s check runs the task of the example, fails, and has the results among its tests',
  { timeout: 300_000 },
  async () => {
    const folder = copyOf('gradle')
    const bin = join(top, 'bin')
    mkdirSync(bin)
    // What npx would get from the registry is this checkout.
    const npx = `#!/bin/sh\nshift 2\nexec '${process.execPath}' '${cli}' "$@"\n`
    writeFileSync(join(bin, 'npx'), npx, { mode: 0o755 })
    const own = ['--offline', '--no-daemon', '--gradle-user-home', join(top, 'gradle-home')]
    const { exitCode, all } = await execa('gradle', [...own, 'check', `-Pport=${await freePort()}`], {
      ...{ cwd: folder, reject: false, all: true, extendEnv: false },
      env: {
        ...userEnvironment,
        JAVA_HOME: jdk.home,
        PATH: [bin, join(jdk.home, 'bin'), process.env.PATH].join(delimiter),
      },
    })
    expect(exitCode, all).toBe(1)
    expect(all).toMatch(/Process 'command 'npx'' finished with non-zero exit value 1/)
    const xml = readFileSync(join(folder, 'build', 'test-results', 'preflight', 'TEST-preflight.xml'), 'utf8')
    expect(xml).toMatch(
      /<testcase [^>]*name="file:com\.example\.Orders\.main"[^>]* file="src\/main\/java\/com\/example\/Orders\.java" line="17">/,
    )
  },
)

test('the page shows the task of the example', () => {
  const page = readFileSync(join(packageRoot, 'docs', 'java.md'), 'utf8')
  const [, shown = ''] = /```groovy\n([^]*?)```/.exec(page) ?? []
  const tried = readFileSync(join(packageRoot, 'examples', 'gradle', 'build.gradle'), 'utf8')
  expect(shown.length).toBeGreaterThan(0)
  expect(tried).toContain(shown)
})
