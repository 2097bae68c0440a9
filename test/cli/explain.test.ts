import { execFile } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'

const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'explain-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const input = (name: string) => join(packageRoot, 'test', 'fixtures', 'output', name)
const [refused, passed, notRestored] = ['refused.txt', 'passed.txt', 'not-restored.txt'].map(input) as [
  string,
  string,
  string,
]

interface Result {
  code: number
  stdout: string
  stderr: string
}

function explain(
  args: string[],
  { stdin = '', env = {} }: { stdin?: string | Buffer; env?: Record<string, string> } = {},
): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [cli, 'explain', ...args],
      { env: { ...process.env, GITHUB_ACTIONS: '', GITLAB_CI: '', ...env }, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
      },
    )
    child.stdin?.end(stdin)
  })
}

const objects = ({ stdout }: Result): unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

test('the exit code is 0 where nothing speaks against it, 1 where something does', async () => {
  expect((await explain([passed])).code).toBe(0)
  expect((await explain([passed, refused])).code).toBe(1)
  expect((await explain([notRestored])).code).toBe(1)
})

test('many files and standard input are told in their order, one JSON object each', async () => {
  const result = await explain(['--json', passed, '-', notRestored], { stdin: readFileSync(refused) })
  expect(objects(result)).toMatchObject([
    { file: passed, outcome: 'checkpoint-ok' },
    { file: '-', outcome: 'checkpoint-failed' },
    { file: notRestored, outcome: 'restore-failed' },
  ])
})

test('what PowerShell has redirected is UTF-16, and is read', async () => {
  const stdin = Buffer.from(`\ufeff${readFileSync(refused, 'utf8')}`, 'utf16le')
  const [read] = objects(await explain(['--json', '-'], { stdin })) as [object]
  const [plain] = objects(await explain(['--json', refused])) as [object]
  expect(read).toEqual({ ...plain, file: '-' })
})

test('a text with several answers is one object, or with --answers one each', async () => {
  const both = join(folder, 'both.log')
  writeFileSync(both, readFileSync(refused, 'utf8') + readFileSync(passed, 'utf8'))
  expect(objects(await explain(['--json', both]))).toMatchObject([{ outcome: 'mixed' }])
  const answers = objects(await explain(['--json', '--answers', both, passed]))
  expect(answers).toMatchObject([
    { file: both, answer: 1, source: null, outcome: 'checkpoint-failed' },
    { file: both, answer: 2, source: null, outcome: 'checkpoint-ok', findings: [] },
    { file: passed, answer: 1, outcome: 'checkpoint-ok' },
  ])
  const { stdout } = await explain([both])
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('2 answers; some of it succeeded and some failed')
  expect(stdout).toMatch(/^answer 1 of 2: the checkpoint failed/m)
  expect(stdout).toMatch(/^answer 2 of 2: the checkpoint succeeded$/m)
})

test('annotations are printed only where they are asked for, and `auto` knows the CI', async () => {
  const github = /^::error title=/m
  expect((await explain([refused], { env: { GITHUB_ACTIONS: 'true' } })).stdout).not.toMatch(github)
  expect((await explain(['--annotations', 'auto', refused])).stdout).not.toMatch(github)
  for (const [how, env] of [
    ['github', {}],
    ['auto', { GITHUB_ACTIONS: 'true' }],
  ] as const)
    expect((await explain(['--annotations', how, refused], { env })).stdout).toMatch(github)
  const gitlab = await explain(['--annotations', 'auto', refused], { env: { GITLAB_CI: 'true' } })
  expect(gitlab.stdout).toContain('\u001b[0Ksection_start:')
  const json = await explain(['--annotations', 'github', '--json', refused])
  expect(objects(json)).toHaveLength(1)
  expect(json.stderr).toMatch(github)
})

test('what goes into a pipe has the same lines wherever the file lies', async () => {
  const far = join(folder, 'in', 'a'.repeat(60), 'folder', 'b'.repeat(60), 'refused.txt')
  mkdirSync(join(far, '..'), { recursive: true })
  copyFileSync(refused, far)
  const [here, there] = [await explain([refused]), await explain([far])]
  expect(there.stdout.replaceAll(far, refused)).toBe(here.stdout)
})

test('JUnit goes where it is asked to', async () => {
  const junit = join(folder, 'new', 'explain.xml')
  expect((await explain(['--junit', junit, refused, passed])).code).toBe(1)
  expect(readFileSync(junit, 'utf8')).toMatch(/<testsuites name="crac-preflight" tests="6" failures="4"/)
  const { stdout, stderr } = await explain(['--junit', '-', passed])
  expect(stdout).toMatch(/^<\?xml/)
  expect(stderr).toContain('the checkpoint succeeded')
})

test('policies are written to a new file only: what is there may be the user’s', async () => {
  const file = join(folder, 'new.policies')
  const first = await explain(['--policies', file, refused])
  expect(first.code).toBe(1)
  expect(readFileSync(file, 'utf8')).toContain('type: socket\nremotePort: 5432\naction: close\n')
  expect(first.stderr).toContain(`written to ${file}`)
  const mine = 'type: file\naction: ignore\n'
  writeFileSync(file, mine)
  const second = await explain(['--policies', file, refused])
  expect(second).toMatchObject({ code: 2, stdout: '' })
  expect(second.stderr).toContain('not overwritten')
  expect(readFileSync(file, 'utf8')).toBe(mine)
})

test('where no policy helps nothing is written, and it is said', async () => {
  const file = join(folder, 'none.policies')
  const { stderr } = await explain(['--policies', file, '-'], {
    stdin: 'jdk.crac.CheckpointException\n\tSuppressed: java.nio.channels.IllegalSelectorException\n',
  })
  expect(stderr).toContain('no policy helps')
  expect(stderr).toContain('no rule handles: selector with registered keys')
  expect(existsSync(file)).toBe(false)
  expect((await explain(['--policies', file, passed])).stderr).toContain(
    'Nothing was found that would need one',
  )
})

test('remedies and rules follow the generation that the user names', async () => {
  const stdin =
    'jdk.crac.CheckpointException\n\tSuppressed: jdk.crac.impl.CheckpointOpenSocketException: ServerSocket[addr=0.0.0.0/0.0.0.0,localport=8080]\n'
  const rules = async (...version: string[]) =>
    (await explain(['--policies', '-', ...version, '-'], { stdin })).stdout
  expect(await rules('--crac-version', '25')).toContain(
    'type: socket\nlistening: true\nlocalPort: 8080\naction: reopen\n',
  )
  expect(await rules('--crac-version', '21')).toBe('')
  expect(await rules()).toBe('')
})

test.each([
  [[], 'nothing to explain'],
  [['no-such-file'], 'no file "no-such-file"'],
  [[packageRoot], 'that can be read'],
  [['-', '-'], 'only once'],
  [['--json', '--policies', '-', passed], "can't both be written to standard output"],
  [['--answers', passed], '--answers divides what --json prints'],
  [['--annotations', 'jenkins', passed], 'Use one of github, gitlab, auto'],
  [['--crac-version', '17', passed], 'Use one of 21.0.4, 21, 25'],
])('wrong usage ends with 2 and says what is right: %j', async (args, message) => {
  const { code, stdout, stderr } = await explain(args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(message)
})
