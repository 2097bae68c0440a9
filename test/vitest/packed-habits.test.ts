/** What users of vitest expect of any matcher and reporter, of the packed package, with both vitests that it is for. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { locked, pack, userEnvironment } from '../support/packed.js'

const folder = mkdtempSync(join(tmpdir(), 'habits-'))
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
let tarball = ''
beforeAll(async () => {
  tarball = join(folder, pack(folder))
  const waits = compileJava('hold', [fixture('java/17/Waits.java')], 17)
  const jar = join(jdk.home, 'bin', 'jar')
  await execa(jar, ['cfe', join(folder, 'leaky.jar'), 'leaks.Main', '-C', leaks, '.'])
  await execa(jar, ['cfe', join(folder, 'mended.jar'), 'Waits', '-C', waits, '.'])
}, 180_000)
afterAll(() => {
  rmSync(folder, { recursive: true })
}, 180_000)

const app = (...kinds: string[]) =>
  `{ command: ${JSON.stringify([jdk.java, '-cp', leaks, 'leaks.Main', ...kinds])}, ready: { log: /READY/ }, trace: 'preload' as const }`

const config = `import { cracPreflight } from 'crac-preflight/config'
import { defineConfig } from 'vitest/config'
export default defineConfig({
  plugins: [cracPreflight({ junit: 'out/preflight.xml', json: 'out/json', sarif: 'out/preflight.sarif', codeQuality: 'out/quality.json', mask: ['acme.*'], maxOutputBytes: 65536, baseline: process.env.BASELINE })],
  test: { include: ['*.case.ts'], globalSetup: process.env.SHARED ? 'shared.ts' : undefined },
})`

/** Six apps: each is asked by several cases. */
const habits = `import { afterAll, beforeAll, describe, expect, test as plain } from 'vitest'
import { boot, test } from 'crac-preflight/vitest'
import { boot as bootAnywhere } from 'crac-preflight'

describe('of a hook', () => {
  let blocked: Awaited<ReturnType<typeof boot>>, clean: typeof blocked
  beforeAll(async () => {
    blocked = await boot({ ...${app('FileInput', 'Listener')}, name: 'blocked' })
    clean = await bootAnywhere({ ...${app('IdleSelector')}, name: 'clean' }, { trace: 'none' })
  })
  afterAll(async () => { await blocked.stop(); await clean.stop() })

  plain('blocked of a hook', async () => { await expect(blocked).toBeCheckpointable() })
  plain('soft before', async () => {
    expect.soft(1).toBe(2)
    await expect(blocked).toBeCheckpointable()
  })
  plain('soft at', async () => { await expect.soft(blocked).toBeCheckpointable() })
  plain('not checkpointable', async () => { await expect(blocked).not.toBeCheckpointable() })
  plain('not checkpointable, but is', async () => { await expect(clean).not.toBeCheckpointable() })
  plain('not blocked by another', async () => { await expect(blocked).not.toBeBlockedBy('pipe:*') })
  plain('not blocked by one', async () => { await expect(blocked).not.toBeBlockedBy('file:leaks.FileInput') })
  plain('no app', async () => { await expect(undefined).toBeCheckpointable() })
  plain('a promise', async () => { await expect(Promise.resolve(clean)).toBeBlockedBy('a') })
})
describe('of a hook that fails', () => {
  beforeAll(async () => { await boot(${app('NoSuchKind')}) })
  plain('never runs', () => {})
})
test('boot fails', async ({ boot }) => {
  await boot(${app('NoSuchKind')})
})
test('out of time', { timeout: 4000 }, async ({ boot }) => {
  await boot({ ...${app('IdleSelector')}, ready: { log: /NEVER/ } })
})
test('out of time elsewhere', { timeout: 6000 }, async ({ boot }) => {
  await boot(${app('IdleSelector')})
  await new Promise(() => {})
})
`

interface Assertion {
  title: string
  status: string
  failureMessages: string[]
}

// vitest 5 needs a newer Node than this package.
describe.for([
  { version: '4.1', node: null },
  { version: '5', node: 22 },
])('vitest $version', ({ version, node }) => {
  const cwd = join(folder, version)
  let output = ''
  let cases = new Map<string, Assertion>()

  const runtime = `node-linux-${process.arch}`
  const program = node === null ? process.execPath : join(cwd, 'node_modules', runtime, 'bin', 'node')
  const run = async (args: string[], env: NodeJS.ProcessEnv = {}) =>
    await execa(program, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], {
      ...{ cwd, reject: false, all: true, extendEnv: false },
      env: { ...userEnvironment, ...env },
    })
  const out = (name: string) => readFileSync(join(cwd, 'out', name), 'utf8')
  const messages = (title: string) => cases.get(title)?.failureMessages ?? []

  beforeAll(async () => {
    mkdirSync(cwd)
    const devDependencies = {
      'crac-preflight': `file:${tarball}`,
      vite: locked('vite'),
      vitest: `~${version}`,
      ...(node !== null && { [runtime]: String(node) }),
    }
    writeFileSync(
      join(cwd, 'package.json'),
      JSON.stringify({ name: 'user', private: true, type: 'module', devDependencies }),
    )
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund']
    await execa('npm', install, { cwd, env: userEnvironment, extendEnv: false })
    writeFileSync(join(cwd, 'vitest.config.ts'), config)
    writeFileSync(join(cwd, 'habits.case.ts'), habits)
    const { all, exitCode } = await run(['--reporter=default', '--reporter=json', '--outputFile=result.json'])
    output = all
    expect(exitCode, output).toBe(1)
    const result = JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8'))
    cases = new Map((result.testResults[0].assertionResults as Assertion[]).map((each) => [each.title, each]))
  }, 300_000)

  test('a failed soft expectation, before or at a check, loses no blocker', () => {
    expect(output).not.toContain('Cannot annotate')
    for (const title of ['blocked of a hook', 'soft at'])
      expect(messages(title), title).toEqual([
        expect.stringMatching(/^CheckpointBlockedError: .*leaks\.FileInput/),
        expect.stringMatching(/^CheckpointBlockedError: .*leaks\.Listener/),
      ])
    expect(messages('soft before')).toHaveLength(3)
  })

  test('what is negated says the same in vitest and in every report', () => {
    expect(cases.get('not checkpointable')?.status).toBe('passed')
    expect(cases.get('not blocked by another')?.status).toBe('passed')
    expect(messages('not checkpointable, but is')).toEqual([
      expect.stringContaining('clean was expected not to be checkpointable, and it is.'),
    ])
    expect(messages('not blocked by one')).toEqual([expect.stringContaining('leaks.FileInput')])
    const xml = out('preflight.xml')
    const suites = xml.split('<testsuite ').slice(1)
    const failures = suites.map((suite) => Number(/failures="(\d+)"/.exec(suite)?.[1]))
    // After the hook, in the order of the tests: two blockers, thrice; expected; not there; none of those named; one of them.
    expect(failures.slice(1, 8)).toEqual([2, 2, 2, 0, 1, 0, 1])
    const sarif = JSON.parse(out('preflight.sarif')).runs[0]
    const results = sarif.results as { level: string }[]
    expect(results.filter(({ level }) => level === 'error')).toHaveLength(7)
    expect(JSON.stringify(sarif.invocations)).toContain('expected a blocker that is not there: *')
    expect(JSON.parse(out('quality.json')).length).toBeGreaterThan(7)
  })

  test('a failure of boot points at the test’s line, a wrong subject says what is expected', () => {
    const line = (text: string) => habits.split('\n').findIndex((each) => each.includes(text)) + 1
    expect(output).toMatch(
      new RegExp(`FAIL .*> boot fails(?:\\n.*)*?❯ habits\\.case\\.ts:${line("test('boot fails'") + 1}:`),
    )
    expect(output).toMatch(new RegExp(`❯ habits\\.case\\.ts:${line('beforeAll(async () => { await boot(')}:`))
    expect(output).not.toContain('crac-preflight/dist')
    expect(messages('no app').join()).toMatch(
      /toBeCheckpointable\(\) needs a running app, as boot\(\) gives it, and was given undefined\. Write:/,
    )
    expect(messages('a promise').join()).toMatch(/was given a promise of one\. Await it/)
  })

  test('a test whose time is over says what was awaited, and what the app printed last', () => {
    expect(output).toContain('timed out in 4000ms')
    expect(output).toMatch(
      /NoVerdictError: The test was ended while it waited for out of time to be ready, which needs a line that matches \/NEVER\/\.\nWhat it printed last:\nREADY\n/,
    )
    expect(output).toMatch(
      /while it ran code of its own\.\nout of time elsewhere was running\. What it printed last:\nREADY\n/,
    )
  })

  test('tests and hooks that never came to a check are errors of the report; a last line says where it is', () => {
    const xml = out('preflight.xml')
    expect(xml.match(/<error [^>]*type="NO_CHECK"/g)).toHaveLength(4)
    expect(xml).toMatch(/<testsuite name="of a hook that fails"[^>]* errors="1"/)
    const last = output.split('\n').filter((line) => line.startsWith('crac-preflight: '))
    expect(last).toEqual([
      expect.stringMatching(
        /^crac-preflight: \d+ checks; observers: no app ran \(4\), preload \(6\), none \(1\)[^;]*; reports: out\/preflight\.xml, out\/preflight\.sarif, out\/quality\.json, out\/json$/,
      ),
    ])
  })

  test('an app of the global set-up is checked when all tests have used it; no old report stays', async () => {
    writeFileSync(join(cwd, 'out', 'json', 'mine.json'), '{}')
    rmSync(join(cwd, 'habits.case.ts'))
    writeFileSync(join(cwd, 'plain.case.ts'), `import { test } from 'vitest'\ntest('of no app', () => {})`)
    expect((await run([])).exitCode).toBe(0)
    expect([readdirSync(join(cwd, 'out')), readdirSync(join(cwd, 'out', 'json'))]).toEqual([
      ['json'],
      ['mine.json'],
    ])
    writeFileSync(
      join(cwd, 'shared.ts'),
      `import { bootShared } from 'crac-preflight/config'
       import type { TestProject } from 'vitest/node'
       export default async (project: TestProject) => {
         await bootShared(project, { ...${app('FileInput')}, name: 'shared' })
       }`,
    )
    const { exitCode, all } = await run([], { SHARED: '1' })
    expect(all).toMatch(/CheckpointBlockedError: .*leaks\.FileInput/)
    expect(all).toMatch(/❯ .*shared\.ts:4:/)
    expect(exitCode).toBe(1)
    expect(out('preflight.xml')).toMatch(/<testsuite name="shared" tests="2" failures="1"/)
    writeFileSync(join(cwd, 'accepted.yaml'), 'shared: [file:leaks.FileInput]')
    const accepted = await run([], { SHARED: '1', BASELINE: 'accepted.yaml' })
    expect(accepted.exitCode, accepted.all).toBe(0)
    expect(out('preflight.xml')).toMatch(/<testsuite name="shared" tests="2" failures="0"/)
  }, 120_000)

  test(
    'a watch runs the tests of a jar again when it has been built again, and no other',
    { timeout: 180_000 },
    async () => {
      const build = (from: string) => {
        rmSync(join(cwd, 'target'), { recursive: true, force: true })
        mkdirSync(join(cwd, 'target'))
        copyFileSync(join(folder, `${from}.jar`), join(cwd, 'target', 'app.jar'))
      }
      build('leaky')
      const command = JSON.stringify([jdk.java, '-jar', 'target/app.jar', 'FileInput'])
      writeFileSync(
        join(cwd, 'jar.case.ts'),
        `import { scenario } from 'crac-preflight/vitest'
         scenario('of a jar', { app: { command: ${command} }, ready: { log: /READY/ }, trace: 'none' })`,
      )
      writeFileSync(join(cwd, 'plain.case.ts'), `import { test } from 'vitest'\ntest('of no app', () => {})`)
      const watch = execa(
        program,
        [join('node_modules', 'vitest', 'vitest.mjs'), '--watch', 'jar.case.ts', 'plain.case.ts'],
        { cwd, reject: false, all: true, extendEnv: false, env: userEnvironment },
      )
      let said = ''
      watch.all.on('data', (text: Buffer) => (said += text.toString()))
      // Once it watches, its reports are written.
      const waiting = () => said.match(/(?:Waiting|Watching) for file changes/g)?.length ?? 0
      await expect.poll(waiting, { timeout: 60_000 }).toBe(1)
      expect(said).toMatch(/Tests +1 failed \| 1 passed/)
      expect(out('preflight.xml')).toContain('failures="1"')
      said = ''
      build('mended')
      await expect.poll(waiting, { timeout: 60_000 }).toBe(1)
      expect(said).toMatch(/Tests +1 passed \(1\)/)
      expect(out('preflight.xml')).toContain('failures="0"')
      watch.kill('SIGINT')
      await watch
    },
  )

  // What is merged is vitest's own; once is enough.
  if (node === null)
    test('shards are merged to one report of all', { timeout: 120_000 }, async () => {
      for (const kind of ['FileInput', 'IdleSelector'])
        writeFileSync(
          join(cwd, `${kind}.case.ts`),
          `import { scenario } from 'crac-preflight/vitest'
         const { command, ...options } = ${app(kind)}
         scenario('${kind}', { app: { command }, ...options })`,
        )
      const files = ['FileInput.case.ts', 'IdleSelector.case.ts']
      for (const shard of [1, 2])
        await run([`--shard=${shard}/2`, '--reporter=blob', `--outputFile=blobs/${shard}.json`, ...files])
      rmSync(join(cwd, 'out'), { recursive: true })
      const { exitCode, all } = await run(['--merge-reports=blobs', '--reporter=default'])
      expect(exitCode, all).toBe(1)
      expect(out('preflight.xml')).toMatch(/<testsuites name="crac-preflight" tests="3" failures="1"/)
      expect(readdirSync(join(cwd, 'out', 'json')).sort()).toEqual(['FileInput.json', 'IdleSelector.json'])
      expect(JSON.parse(out('preflight.sarif')).runs[0].results).toHaveLength(1)
    })
})
