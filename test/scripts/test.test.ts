import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

/** A folder with this one test file in it. */
async function folderWith(source: string): Promise<string> {
  await mkdir(join(packageRoot, 'build'), { recursive: true })
  const folder = await mkdtemp(join(packageRoot, 'build', 'npm-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  // Its own configuration, else vitest takes the nearest one above.
  await writeFile(join(folder, 'vitest.config.js'), 'export default {}\n')
  await writeFile(join(folder, 'sample.test.js'), `import { expect, test } from 'vitest'\n${source}`)
  return folder
}

/** Runs `npm test` on such a folder. */
async function npmTest(source: string, env: NodeJS.ProcessEnv = {}) {
  const folder = await folderWith(source)
  const { stdout, stderr, exitCode } = await execa(process.execPath, ['scripts/test.mjs', '--root', folder], {
    cwd: packageRoot,
    reject: false,
    // What this run requires of its machine is not required of that one.
    env: { PREFLIGHT_REQUIRE: '', ...env },
  })
  return { stdout, stderr, lastLine: stdout.split('\n').at(-1), exitCode }
}

const options = { timeout: 900_000 }

test('the last line counts what passed and what was skipped', options, async () => {
  const source = `test('a', () => {}); test('b', () => {}); test.skip('c', () => {}); test.todo('d')`
  const { stdout, ...end } = await npmTest(source)
  expect(end).toMatchObject({ lastLine: '2 passed, 0 failed, 2 skipped', exitCode: 0 })
  expect(stdout).toContain('skipped:\n  2 × switched off in its file\n')
})

test('a failed test is counted and makes the exit code 1', options, async () => {
  const source = `test('a', () => {}); test('b', () => expect(1).toBe(2))`
  expect(await npmTest(source)).toMatchObject({ lastLine: '1 passed, 1 failed', exitCode: 1 })
})

test('a file that does not load counts as failed', options, async () => {
  expect(await npmTest(`test('a', () => {}); throw new Error('broken')`)).toMatchObject({
    lastLine: '0 passed, 1 failed',
    exitCode: 1,
  })
})

test('a run whose tests were all skipped fails', options, async () => {
  const { lastLine, exitCode } = await npmTest(`test.skip('a', () => {})`)
  expect(lastLine).toBe('0 passed, 0 failed, 1 skipped')
  expect(exitCode).not.toBe(0)
})

test('an error outside of a test fails the run', options, async () => {
  const source = `test('a', () => { setTimeout(() => { throw new Error('late') }); return new Promise(r => setTimeout(r, 50)) })`
  const { lastLine, exitCode } = await npmTest(source)
  expect(lastLine).toMatch(/^1 passed, 0 failed$/)
  expect(exitCode).not.toBe(0)
})

test('what passes on a second try is told by name', options, async () => {
  const source = `let tries = 0; test('late', { retry: 1 }, () => { tries += 1; if (tries < 2) throw new Error('not yet') })`
  const { stdout, exitCode } = await npmTest(source)
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/passed on a second try:\n {2}late\n\n1 passed, 0 failed$/)
})

function isAlive(group: number): boolean {
  try {
    return process.kill(group, 0)
  } catch {
    return false
  }
}

const lacking = `
  import { capability, needing } from '${join(packageRoot, 'test', 'support', 'capability.ts')}'
  needing(capability('bpf', false, 'the kernel has none'))('a', () => {})
  test('b', () => {})`

test('what a machine lacks is skipped with its reason', options, async () => {
  const { stdout, exitCode } = await npmTest(lacking)
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/skipped:\n {2}1 × bpf: the kernel has none\n\n1 passed, 0 failed, 1 skipped$/)
})

test('what a machine lacks and must have fails', options, async () => {
  const { stderr, lastLine, exitCode } = await npmTest(lacking, { PREFLIGHT_REQUIRE: 'docker,bpf' })
  expect({ lastLine, exitCode }).toEqual({ lastLine: '1 passed, 1 failed', exitCode: 1 })
  expect(stderr).toContain('this machine must have bpf: the kernel has none')
})

test('a requirement that nobody knows is named', options, async () => {
  const { stderr, exitCode } = await npmTest(lacking, { PREFLIGHT_REQUIRE: 'bfp' })
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain('PREFLIGHT_REQUIRE names bfp, which is no capability. There are: bpf,')
})

test('Ctrl-C ends it within seconds', options, async () => {
  const folder = await folderWith(`import { writeFileSync } from 'node:fs'
    test('long', async () => {
      writeFileSync(new URL('running', import.meta.url), '')
      await new Promise((resolve) => setTimeout(resolve, 600_000))
    }, 600_000)`)
  const run = spawn(process.execPath, ['scripts/test.mjs', '--root', folder], {
    cwd: packageRoot,
    stdio: 'ignore',
    detached: true,
  })
  const ended = once(run, 'exit')
  await expect.poll(() => existsSync(join(folder, 'running')), { timeout: 600_000 }).toBe(true)
  const begin = performance.now()
  // A terminal sends it to the whole group.
  process.kill(-(run.pid ?? 0), 'SIGINT')
  const [code] = (await ended) as [number]
  expect(code).toBe(130)
  expect(performance.now() - begin).toBeLessThan(20_000)
  await expect.poll(() => isAlive(-(run.pid ?? 0)), { timeout: 20_000 }).toBe(false)
})
