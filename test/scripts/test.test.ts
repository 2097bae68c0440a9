import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

/** Runs `npm test` on a folder with this one test file in it. */
async function npmTest(source: string) {
  await mkdir(join(packageRoot, 'build'), { recursive: true })
  const folder = await mkdtemp(join(packageRoot, 'build', 'npm-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  // Its own configuration, else vitest takes the nearest one above.
  await writeFile(join(folder, 'vitest.config.js'), 'export default {}\n')
  await writeFile(join(folder, 'sample.test.js'), `import { expect, test } from 'vitest'\n${source}`)
  const { stdout, exitCode } = await execa(process.execPath, ['scripts/test.mjs', '--root', folder], {
    cwd: packageRoot,
    reject: false,
  })
  return { lastLine: stdout.split('\n').at(-1), exitCode }
}

const options = { timeout: 900_000 }

test('the last line counts what passed and what was skipped', options, async () => {
  const source = `test('a', () => {}); test('b', () => {}); test.skip('c', () => {}); test.todo('d')`
  expect(await npmTest(source)).toEqual({ lastLine: '2 passed, 0 failed, 2 skipped', exitCode: 0 })
})

test('a failed test is counted and makes the exit code 1', options, async () => {
  const source = `test('a', () => {}); test('b', () => expect(1).toBe(2))`
  expect(await npmTest(source)).toEqual({ lastLine: '1 passed, 1 failed', exitCode: 1 })
})

test('a file that does not load counts as failed', options, async () => {
  expect(await npmTest(`test('a', () => {}); throw new Error('broken')`)).toEqual({
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
