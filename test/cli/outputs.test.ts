import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
const refused = join(packageRoot, 'test', 'fixtures', 'output', 'refused.txt')
const folder = mkdtempSync(join(tmpdir(), 'outputs-'))
const fifo = join(folder, 'fifo')
execFileSync('mkfifo', [fifo])
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Runs `explain` in a shell, which can lead its streams anywhere. */
function explain(args: string, { input = '' } = {}): { code: number; stderr: string } {
  try {
    const stderr = execFileSync('bash', ['-c', `exec 3>&1; '${process.execPath}' '${cli}' explain ${args}`], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 60_000,
    })
    return { code: 0, stderr }
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string }
    return { code: status, stderr }
  }
}

test.each([
  ['a full disk', '/dev/full', 'ENOSPC'],
  ['a FIFO that nobody reads', fifo, 'nobody reads this FIFO'],
])('%s is one line, the other output is written, and the verdict stays', (_, target, reason) => {
  const page = join(folder, `${reason.slice(0, 4)}.html`)
  const { code, stderr } = explain(`--junit '${target}' --html '${page}' '${refused}'`)
  expect([code, stderr.split('\n').length]).toEqual([1, 2])
  expect(stderr).toContain(`crac-preflight: --junit was not written to ${target}: `)
  expect(stderr).toContain(reason)
  expect(readFileSync(page, 'utf8')).toContain('com.acme.Store.load')
})

test('where the one output that was asked for fails, there is no outcome', () => {
  expect(explain(`--junit /dev/full '${refused}'`).code).toBe(3)
  const text = explain(`'${refused}' > /dev/full`)
  expect(text.code).toBe(3)
  expect(text.stderr).toMatch(/^crac-preflight: the text was not written to standard output: .*ENOSPC.*\n$/)
})

test('a folder that goes while the text is read is one line', { timeout: 60_000 }, async () => {
  const gone = join(folder, 'gone')
  const page = join(folder, 'kept.html')
  const child = spawn(process.execPath, [cli, 'explain', '--junit', join(gone, 'a.xml'), '--html', page, '-'])
  const watcher = watch(folder)
  while (!existsSync(page)) await once(watcher, 'change')
  watcher.close()
  rmSync(gone, { recursive: true })
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)))
  child.stdin.end(readFileSync(refused))
  const [code] = (await once(child, 'close')) as [number]
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^crac-preflight: --junit was not written .*ENOENT.*\n$/),
  ])
  expect(readFileSync(page, 'utf8')).toContain('com.acme.Store.load')
})

test('a reader that has left ends nothing', { timeout: 60_000 }, async () => {
  const page = join(folder, 'left.html')
  const child = spawn(process.execPath, [cli, 'explain', '--html', page, refused])
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)))
  const [code] = (await once(child, 'close')) as [number]
  expect([code, stderr]).toEqual([1, ''])
  expect(readFileSync(page, 'utf8')).toContain('com.acme.Store.load')
})
