import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { freePort } from '../../scenarios/free-port.js'

const folder = mkdtempSync(join(tmpdir(), 'maven-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

test(
  'Maven’s verify checks the example, fails, and has the results among its tests',
  { timeout: 300_000 },
  async () => {
    cpSync(join(packageRoot, 'examples', 'maven'), folder, {
      recursive: true,
      filter: (path) => !path.endsWith('/target'),
    })
    const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
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
