/** The YAML that others run: it parses, names scripts and files that are here, and asks for no right that it doesn't use. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { packageRoot } from '../../harness/host/package-root.js'
import { freePort } from '../../scenarios/free-port.js'
import { cli } from '../cli/command-line.js'
import { jdk } from '../support/java.js'
import { userEnvironment } from '../support/packed.js'

const folder = mkdtempSync(join(tmpdir(), 'workflows-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

interface Step {
  name?: string
  uses?: string
  run?: string
}
interface Job {
  permissions?: object
  'timeout-minutes': number
  strategy?: { matrix: Record<string, unknown> }
  steps: Step[]
}
interface Workflow {
  permissions: object
  jobs: Record<string, Job>
}

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')
const manifest = JSON.parse(read('package.json')) as { version: string; scripts: Record<string, string> }
const yaml = ['.github', 'ci', 'examples']
  .flatMap((top) =>
    readdirSync(join(packageRoot, top), { recursive: true, encoding: 'utf8' }).map(
      (path) => `${top}/${path}`,
    ),
  )
  .filter((path) => /\.ya?ml$/.test(path) && !path.includes('node_modules'))
const workflows = new Map(
  ['ci', 'kernels', 'release'].map((name) => [
    name,
    parseDocument(read(`.github/workflows/${name}.yml`)).toJS() as Workflow,
  ]),
)
const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ name: `${file}: ${name}`, job })),
)
const release = workflows.get('release')?.jobs ?? {}

test.for([...yaml, 'action.yml'])('%s is YAML without a warning', (path) => {
  const { errors, warnings } = parseDocument(read(path))
  expect([...errors, ...warnings]).toEqual([])
})

test('the matrix is each Node that is supported, each JDK and each processor', () => {
  expect(workflows.get('ci')?.jobs.matrix?.strategy?.matrix).toEqual({
    node: ['20.19', '22', '24'],
    jdk: ['17', '21', '25'],
    arch: ['x64', 'arm64'],
  })
})

test('the kernels are those that npm run test:kernels knows', () => {
  const names = [...read('scripts/kernels/list.mjs').matchAll(/name: '([\w.]+)'/g)].map(([, name]) => name)
  expect(workflows.get('kernels')?.jobs.kernel?.strategy?.matrix.kernel).toEqual(names)
})

test.for(jobs)('$name: actions by major tag, scripts and files that are here, an end', ({ job }) => {
  expect(job['timeout-minutes']).toBeGreaterThan(0)
  for (const { uses, run = '' } of job.steps) {
    if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@v\d+$/)
    for (const [, script = ''] of run.matchAll(/npm run ([\w:]+)/g))
      expect(manifest.scripts).toHaveProperty(script)
    for (const [path] of run.matchAll(/(?:test|scripts|examples|ci|\.ci)\/[\w./-]+/g))
      expect([path, existsSync(join(packageRoot, path))]).toEqual([path, true])
    // What somebody else has written, like a branch's name, must not stand in a shell's text.
    expect(run).not.toContain('${{')
  }
})

test('a job reads the code and no more, but for the one that publishes', () => {
  for (const { permissions } of workflows.values()) expect(permissions).toEqual({ contents: 'read' })
  const own = jobs.filter(({ job }) => job.permissions !== undefined)
  expect(own.map(({ name, job }) => ({ name, permissions: job.permissions }))).toEqual([
    { name: 'release: publish', permissions: { 'id-token': 'write' } },
  ])
  expect(release.publish?.steps.some(({ uses }) => uses?.startsWith('actions/checkout'))).toBe(false)
})

test('what is published has provenance, and both processors have been tried before', () => {
  expect(release.publish?.steps.at(-1)?.run).toContain('npm publish ./crac-preflight-*.tgz --provenance')
  expect(release.publish).toMatchObject({ needs: 'try' })
  expect(release.try?.strategy?.matrix).toEqual({ runner: ['ubuntu-24.04', 'ubuntu-24.04-arm'] })
  expect(read('examples/maven/src/main/java/com/example/Orders.java').split('\n')[16]).toContain(
    'new FileReader',
  )
})

test.for([
  { tag: 'v0.0.0', repository: 'https://git.example/a', said: /the tag is v0\.0\.0/, code: 1 },
  { tag: `v${manifest.version}`, repository: undefined, said: /names no repository/, code: 1 },
  { tag: `v${manifest.version}`, repository: 'https://git.example/a', said: /^$/, code: 0 },
])('a release of $tag from $repository ends with $code', async ({ tag, repository, said, code }) => {
  const script = release.pack?.steps.find(({ name }) => name?.startsWith('The tag is'))?.run ?? 'exit 9'
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: manifest.version, repository }))
  const { exitCode, all } = await execa('bash', ['-eo', 'pipefail', '-c', script], {
    ...{ cwd: folder, reject: false, all: true },
    env: { ...userEnvironment, GITHUB_REF_NAME: tag },
  })
  expect(all).toMatch(said)
  expect(exitCode).toBe(code)
})

/** The script by which the package is tried on each machine, with this checkout in the package's place. */
test.for([
  {
    app: 'compiled',
    javac: `exec '${jdk.home}/bin/javac' "$@"`,
    ended: 0,
    said: /^blocked, by Orders\.java:17$/m,
  },
  { app: 'not there', javac: '# compiles nothing', ended: 1, said: /^The check ended with 3;/m },
])('the trial of the package, its app $app, ends with $ended', { timeout: 90_000 }, async (trial) => {
  const cwd = mkdtempSync(join(folder, 'tried-'))
  const program = (name: string, text: string) => {
    writeFileSync(join(cwd, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 })
  }
  program('npx', `shift; exec '${process.execPath}' '${cli}' "$@"`)
  program('javac', trial.javac)
  program('java', `exec '${jdk.java}' "$@"`)
  const { exitCode, all } = await execa(join(packageRoot, 'ci', 'try-package.sh'), {
    ...{ cwd, reject: false, all: true, extendEnv: false },
    env: {
      ...userEnvironment,
      PATH: `${cwd}${delimiter}${process.env.PATH ?? ''}`,
      PORT: String(await freePort()),
    },
  })
  expect(all).toMatch(trial.said)
  expect(exitCode).toBe(trial.ended)
})
