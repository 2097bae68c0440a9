import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../harness/host/package-root.js'
import { bpf } from './support/bpf.js'
import { jdk } from './support/java.js'
import { needing } from './support/capability.js'
import { locked, pack, userEnvironment } from './support/packed.js'

const folder = mkdtempSync(join(tmpdir(), 'user-'))
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const npm = (...args: string[]) =>
  execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 180_000,
  })

/** Runs the user's tests, as they would, and gives what came of it. */
function vitest(...args: string[]): { code: number; output: string } {
  try {
    return {
      code: 0,
      output: execFileSync('npx', ['vitest', 'run', ...args], {
        cwd: folder,
        encoding: 'utf8',
        stdio: 'pipe',
        env: userEnvironment,
        timeout: 180_000,
      }),
    }
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string }
    return { code: status, output: stdout + stderr }
  }
}

let tarball = ''
beforeAll(() => {
  tarball = pack(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
  npm(
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    `./${tarball}`,
    `vitest@${locked('vitest')}`,
    `vite@${locked('vite')}`,
  )
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { cracPreflight } from 'crac-preflight'
     import { defineConfig } from 'vitest/config'
     export default defineConfig({ plugins: [cracPreflight({ junit: 'preflight.xml', html: 'preflight.html', json: 'json', mask: ['acme.lic*'] })] })`,
  )
}, 180_000)

needing(bpf)(
  'a blocked app fails its test with the Java stack, in the terminal and in the XML',
  () => {
    writeFileSync(
      join(folder, 'leaks.test.ts'),
      `import { expect } from 'vitest'
     import { scenario, test } from 'crac-preflight'
     const app = (...kinds: string[]) => ({ command: [${JSON.stringify(jdk.java)}, '-cp', ${JSON.stringify(leaks)}, 'leaks.Main', ...kinds] })
     const ready = { log: /READY/ }
     scenario('clean', { app: { command: app('IdleSelector').command.toSpliced(1, 0, '-Dacme.license=Z9-license') }, ready })
     scenario('leaky', { app: app('FileInput', 'Listener'), ready })
     scenario('known', { app: app('FileInput'), ready, expect: { blockedBy: ['file:leaks.FileInput'] } })
     scenario('mended', { app: app('IdleSelector'), ready, expect: { blockedBy: ['file:leaks.FileInput'] } })
     scenario('dead', { app: app('NoSuchKind'), ready })
     test('long form', async ({ boot }) => {
       const running = await boot({ ...app('Watch'), ready })
       expect(running.output).toContain('READY')
       await expect(running).toBeCheckpointable()
     })
     test('negated', async ({ boot }) => {
       await expect(await boot({ ...app('Watch'), ready })).not.toBeCheckpointable()
     })`,
    )
    const { code, output } = vitest()
    expect(code).toBe(1)
    expect(output).toMatch(/4 failed \| 3 passed/)
    // One error per blocker, the Java stack above the JavaScript one.
    const leaky = output.slice(output.indexOf('FAIL  leaks.test.ts > leaky'))
    expect(leaky).toMatch(
      /CheckpointBlockedError: file .*\n(?:.*\n)*?.*at leaks\.FileInput\.open\(FileInput\.java:\d+\)/,
    )
    expect(leaky).toMatch(
      /CheckpointBlockedError: listening socket .*\n(?:.*\n)*?.*at leaks\.Listener\.open\(Listener\.java:\d+\)/,
    )
    // The JavaScript stack is the test's line, with none of ours before it.
    expect(leaky).toMatch(/❯ leaks\.test\.ts:6:/)
    expect(output).not.toContain('crac-preflight/dist')
    expect(output).toMatch(
      /ExpectationError: mended was expected to be blocked by "file:leaks\.FileInput", and it is not/,
    )
    expect(output).toMatch(/NoVerdictError|AppError/)
    const xml = readFileSync(join(folder, 'preflight.xml'), 'utf8')
    // The plugin's own names are masked beside those that are known for secrets.
    const command = readFileSync(join(folder, 'json', 'clean.json'), 'utf8')
    expect(command).toContain('-Dacme.license=****')
    expect(command + xml).not.toContain('Z9-license')
    expect(xml).toMatch(/<testcase[^>]*name="file:leaks\.FileInput\.open"/)
    expect(xml).toMatch(/at leaks\.FileInput\.open\(FileInput\.java:\d+\)/)
    expect(xml).toMatch(/<error /)
    const attachment = /\[\[ATTACHMENT\|([^\]]+)\]\]/.exec(xml)?.[1]
    expect(readFileSync(join(folder, attachment ?? ''), 'utf8')).not.toBe('')
    expect(readFileSync(join(folder, 'preflight.html'), 'utf8')).toContain('leaks.Listener.open')
    expect(JSON.parse(readFileSync(join(folder, 'json', 'leaky.json'), 'utf8'))).toMatchObject({
      verdict: 'blocked',
    })
  },
  120_000,
)

test('a test that never comes to its check is an error in the XML, and no XML of an earlier run stays', () => {
  const java = `[${JSON.stringify(jdk.java)}, '-cp', ${JSON.stringify(leaks)}, 'leaks.Main', 'IdleSelector']`
  writeFileSync(
    join(folder, 'leaks.test.ts'),
    `import { test } from 'crac-preflight'
     const app = { command: ${java}, ready: { log: /NEVER/ } }
     test('never ready', async ({ boot }) => { await boot({ ...app, timeoutMs: 1500 }) })
     test('out of time', { timeout: 1500 }, async ({ boot }) => { await boot(app) })`,
  )
  writeFileSync(join(folder, 'preflight.xml'), '<old/>')
  expect(vitest('leaks.test.ts').code).toBe(1)
  const xml = readFileSync(join(folder, 'preflight.xml'), 'utf8')
  const suites = [...xml.matchAll(/<testsuite ([^>]*)>/g)].map(([, attributes = '']) => attributes)
  expect(
    suites.map((suite) => [/name="([^"]*)"/.exec(suite)?.[1], suite.includes('errors="1"')]),
    xml,
  ).toEqual([
    ['never ready', true],
    ['out of time', true],
  ])
  expect(xml).toMatch(/<error [^>]*type="NO_CHECK"/)
  expect(xml).toMatch(/not ready within 1\.5 s/)
  writeFileSync(join(folder, 'leaks.test.ts'), `import { test } from 'vitest'\ntest('of no app', () => {})`)
  expect(vitest('leaks.test.ts').code).toBe(0)
  expect(readdirSync(folder)).not.toContain('preflight.xml')
}, 120_000)

test('a retry that passes leaves no failure behind, and every check keeps its own expectation and files', () => {
  writeFileSync(
    join(folder, 'leaks.test.ts'),
    `import { expect } from 'vitest'
     import { scenario, test } from 'crac-preflight'
     const app = (kind: string) => ({ command: [${JSON.stringify(jdk.java)}, '-cp', ${JSON.stringify(leaks)}, 'leaks.Main', kind], ready: { log: /READY/ } })
     let attempts = 0
     test('flaky', { retry: 1 }, async ({ boot }) => {
       await expect(await boot(app(attempts++ === 0 ? 'FileInput' : 'IdleSelector'))).toBeCheckpointable()
     })
     test('two apps', async ({ boot }) => {
       await expect(await boot(app('FileInput'))).toBeBlockedBy('file:leaks.FileInput')
       await expect(await boot(app('IdleSelector'))).toBeCheckpointable()
     })
     scenario('订单服务', { app: app('IdleSelector'), ready: { log: /READY/ } })
     scenario('支付服务', { app: app('IdleSelector'), ready: { log: /READY/ } })`,
  )
  rmSync(join(folder, 'json'), { recursive: true, force: true })
  const { code, output } = vitest()
  expect(output).toMatch(/4 passed/)
  expect(code).toBe(0)
  const xml = readFileSync(join(folder, 'preflight.xml'), 'utf8')
  expect(xml).not.toMatch(/<failure|<error/)
  // One for the retry that counts, and one for each of the others.
  expect(xml.match(/<testsuite /g)).toHaveLength(5)
  const attached = [...xml.matchAll(/\[\[ATTACHMENT\|([^\]]+)\]\]/g)].map(([, path]) => path)
  expect(new Set(attached).size).toBe(10)
  const scenarios = readdirSync(join(folder, 'json')).map(
    (name) => JSON.parse(readFileSync(join(folder, 'json', name), 'utf8')).scenario as string,
  )
  expect(scenarios.sort()).toEqual(['flaky', 'two apps', 'two apps', '支付服务', '订单服务'].sort())
}, 120_000)

test('the projects of a workspace write one report together, each of its tests once', () => {
  for (const kind of ['IdleSelector', 'FileInput'])
    writeFileSync(
      join(folder, `${kind}.project.ts`),
      `import { scenario } from 'crac-preflight'
       scenario('${kind}', { app: { command: [${JSON.stringify(jdk.java)}, '-cp', ${JSON.stringify(leaks)}, 'leaks.Main', '${kind}'] }, ready: { log: /READY/ } })`,
    )
  writeFileSync(
    join(folder, 'workspace.config.ts'),
    `import { cracPreflight } from 'crac-preflight'
     import { defineConfig } from 'vitest/config'
     const project = (kind: string) => ({ extends: true, test: { name: kind, include: [kind + '.project.ts'] } }) as const
     export default defineConfig({
       plugins: [cracPreflight({ junit: 'workspace.xml', annotations: 'github' })],
       test: { projects: [project('IdleSelector'), project('FileInput')] },
     })`,
  )
  const { code, output } = vitest('--config', 'workspace.config.ts')
  expect(output).toMatch(/1 failed \| 1 passed/)
  expect(code).toBe(1)
  // Two reporters would write the file twice, which nobody would see, and the annotation, too.
  expect(output.match(/^::error .*leaks\.FileInput/gm)).toHaveLength(1)
  expect(readFileSync(join(folder, 'workspace.xml'), 'utf8').match(/<testsuite /g)).toHaveLength(2)
}, 120_000)

test('a user’s test file type-checks, matchers included', () => {
  writeFileSync(
    join(folder, 'typed.ts'),
    `import { expect } from 'vitest'
     import { scenario, test, type RunningApp } from 'crac-preflight'
     scenario('orders', { app: { command: ['java'] }, ready: { http: 'http://localhost:8080/' }, expect: { blockedBy: ['file:a.B'] } })
     test('long form', async ({ boot }) => {
       const app: RunningApp = await boot({ command: ['java'], ready: { port: 80 } })
       await expect(app).toBeCheckpointable()
       await expect(app).toBeBlockedBy('file:a.B')
       // @ts-expect-error A checkpoint needs a running app.
       await app.checkpoint('now')
     })`,
  )
  const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023']
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, 'typed.ts'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

test('the command line works from an installed package', () => {
  expect(execFileSync('npx', ['crac-preflight', '--help'], { cwd: folder, encoding: 'utf8' })).toContain(
    'check',
  )
})

test('the package is small, and carries the notices and sources of what is linked into its probes', () => {
  const installed = join(folder, 'node_modules', 'crac-preflight')
  const notices = readdirSync(join(installed, 'dist', 'notices'))
  for (const name of [
    'libbpf-dev',
    'libelf-dev',
    'zlib1g-dev',
    'libc6-dev',
    'musl-dev',
    'LGPL-2.1',
    'LGPL-3',
    'preact',
    `sources-${process.arch}`,
    'zod',
  ])
    expect(notices).toContain(`${name}.txt`)
  const sources = readFileSync(join(installed, 'dist', 'notices', `sources-${process.arch}.txt`), 'utf8')
  for (const name of ['libbpf', 'elfutils', 'zlib', 'glibc', 'musl', 'gcc-\\d+'])
    expect(sources).toMatch(new RegExp(`: ${name} \\S+, https://`))
  const thirdParty = readFileSync(join(installed, 'THIRD-PARTY.md'), 'utf8')
  for (const name of ['libbpf', 'libelf', 'zlib', 'GNU C library', 'musl', 'async-profiler'])
    expect(thirdParty).toContain(name)
  const shipped = join(installed, 'dist', 'probes', `linux-${process.arch}`)
  for (const name of readdirSync(shipped).filter((name) => !/\.(?:so|jar|NOTICE)$/.test(name)))
    expect(thirdParty).toContain(`\`${name}\``)
  expect(readdirSync(join(installed, 'probes'))).toEqual(expect.arrayContaining(['Makefile', 'fdtrace']))
  expect(statSync(join(folder, tarball)).size).toBeLessThan(4_000_000)
})
