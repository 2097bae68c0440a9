/** What everybody expects of a command line: no JVM is needed to see it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { unmistakable } from '../../harness/cli/arguments.js'
import { summaryOf } from '../../harness/cli/doctor-summary.js'
import { packageRoot } from '../../harness/host/package-root.js'
import { userEnvironment } from '../support/packed.js'

const start = join(packageRoot, 'dist', 'harness', 'cli', 'start.js')
const folder = mkdtempSync(join(tmpdir(), 'habits-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const run = (...args: string[]) => execa(process.execPath, [start, ...args], { cwd: folder, reject: false })

test('a Node that is too old is told in one sentence', { timeout: 240_000 }, async () => {
  const name = `node-linux-${process.arch}`
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--prefix', folder, `${name}@18`]
  await execa('npm', install, { cwd: folder, env: userEnvironment, extendEnv: false })
  const old = join(folder, 'node_modules', name, 'bin', 'node')
  const { exitCode, stdout, stderr } = await execa(old, [start, 'doctor'], { reject: false })
  expect(stderr).toMatch(/^crac-preflight: Node 18\.[\d.]+ is too old: Node 20\.19 or later is needed\..*$/)
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
})

test.for([
  [['chek'], 'There is no command "chek". Did you mean "check"?'],
  [['docter'], 'Did you mean "doctor"?'],
  [['frobnicate'], 'There is no command "frobnicate". Use check, '],
  [['check', '--redy', 'log=/x/', '--', 'false'], 'There is no option --redy. Did you mean --ready?'],
  [['check', '--warmup=GET /', '--', 'false'], 'There is no option --warmup. Did you mean --warm-up?'],
  [['trace', '--no-colour', '--', 'false'], 'There is no option --no-colour. Did you mean --no-color?'],
  [['check', 'app.jar'], 'as it is started: crac-preflight check -- java -jar app.jar'],
  [
    ['check', 'orders'],
    'There is no crac-preflight.yaml here that has an app "orders". Give its command after "--"',
  ],
  [
    ['check', '--warm-up', 'localhost:8080', '--', 'false'],
    `--warm-up can't be "localhost:8080". Give a method and a URL`,
  ],
  [['explain', '--xyzzy', '-'], 'There is no option --xyzzy. Run the command with --help'],
] as const)('%j: the nearest that there is, in one line', async ([args, said]) => {
  const { exitCode, stdout, stderr } = await run(...args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain(said)
  expect(stderr).not.toContain('\n')
})

test('help is a command, too, as people try it', async () => {
  for (const [asked, same] of [
    [
      ['help', 'check'],
      ['check', '--help'],
    ],
    [['help'], ['--help']],
  ] as const) {
    const { exitCode, stdout } = await run(...asked)
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: (await run(...same)).stdout })
    expect(stdout).toContain('Usage:')
  }
})

const options = { names: ['ready', 'restore'], takesText: (name: string) => name === 'ready' }

test.for([
  ['check java -jar x.jar', 'check -- java -jar x.jar'],
  ['check --restore /opt/jdk/bin/java Main', 'check --restore -- /opt/jdk/bin/java Main'],
  ['check --ready java java Main -- a', 'check --ready=\0java -- java Main -- a'],
  ['trace java Main', 'trace -- java Main'],
  ['check java', 'check java'],
  ['check orders java x', 'check orders java x'],
  ['check java -- java Main', 'check java -- java Main'],
  ['explain java x', 'explain java x'],
] as const)('%s is understood as %j', ([given, understood]) => {
  expect(unmistakable(given.split(' '), options)).toEqual(understood.split(' '))
})

test('a command of Java needs no "--", whatever crac-preflight.yaml names', async () => {
  const { exitCode, stdout, stderr } = await run('check', '--cwd', '/no/such', 'java', '-jar', 'x.jar')
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toBe('crac-preflight: --cwd can\'t be "/no/such": there is no such folder.')
})

test.for([['--help'], ['check', '--help'], ['frobnicate']])(
  '%j into pipes that nobody reads ends without a trace of it',
  async (args) => {
    const child = spawn(process.execPath, [start, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    const told = text(child.stderr)
    const [code] = (await once(child, 'exit')) as [number]
    expect(await told).not.toMatch(/EPIPE|^\s+at /m)
    expect(code).toBe(args.includes('--help') ? 0 : 2)
  },
)

test('doctor tells programs and people the same, and ends with what works', { timeout: 60_000 }, async () => {
  const [forPrograms, forPeople] = [await run('doctor', '--json'), await run('doctor')]
  const told = JSON.parse(forPrograms.stdout) as Told
  expect(Object.keys(told)).toEqual(['schema', 'ready', 'summary', 'checks'])
  expect(told.schema).toBe('crac-preflight/doctor@1')
  expect(forPrograms.exitCode).toBe(told.ready ? 0 : 1)
  expect(forPeople.exitCode).toBe(forPrograms.exitCode)
  expect(told.checks.map(({ what }) => what)).toContain('eBPF tracer')
  for (const check of told.checks)
    expect(Object.keys(check)).toEqual(['what', 'found', 'ok', 'needed', 'advice'])
  expect(forPeople.stdout.split('\n').at(-1)).toBe(told.summary)
  expect(told.summary).toMatch(/^What works here: check .*; explain\./)
})

interface Told {
  schema: string
  ready: boolean
  summary: string
  checks: { what: string }[]
}

test('what is not there works not', () => {
  const found = (what: string, ok: boolean) => ({ what, found: '', ok, needed: false, advice: null })
  expect(summaryOf([found('CRaC JDK', true), found('CRIU', true), found('preload tracer', true)])).toBe(
    'What works here: check on a CRaC JDK; Java lines of what is held; --restore; explain. What does not: apps in containers.',
  )
  expect(summaryOf([found('JDK', false), found('CRIU', false)])).toMatch(/^What works here: explain\. What/)
})

test('the help of a command has its options in groups, each of them once', async () => {
  const { stdout } = await run('check', '--help')
  const titles = [...stdout.matchAll(/^(\S.*):$/gm)].map(([, title]) => title)
  expect(titles).toEqual([
    'Usage',
    ...['The app', 'The app in a container', 'What is done', 'What passes', 'What is written', 'Options'],
    'Environment',
    'Examples',
  ])
  const options = [...stdout.matchAll(/^ {2}(?:-h, )?(--[\w-]+)/gm)].map(([, option = '']) => option)
  expect(options.length).toBeGreaterThan(40)
  expect(new Set(options).size).toBe(options.length)
  expect(options).toContain('--help')
  expect(/\nThe app in a container:\n(?: {2}--.*\n)+/.exec(stdout)?.[0]).toContain('--tmpfs')
})

test('each variable that the help names is read, and stands in the page', async () => {
  const { stdout } = await run('--help')
  const variables =
    stdout.slice(stdout.indexOf('\nEnvironment:')).match(/\b[A-Z]+_?[A-Z_]{2,}\b|\bCI\b/g) ?? []
  const sources = ['harness', 'reports'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path !== join('cli', 'help.ts'))
      .map((path) => readFileSync(join(packageRoot, folder, path), 'utf8')),
  )
  const [, page = ''] = readFileSync(join(packageRoot, 'docs', 'command-line.md'), 'utf8').split(
    '\n## Environment\n',
  )
  const known = ['DEBUG', 'NO_COLOR', 'CI', 'DOCKER_HOST', 'CRAC_PREFLIGHT_CRIU', 'OTEL_SERVICE_NAME']
  expect(variables).toEqual(expect.arrayContaining(known))
  for (const variable of variables.filter((name) => name !== 'OTLP' && name !== 'CRIU' && name !== 'JDK')) {
    const isWord = new RegExp(`\\b${variable}`)
    expect([variable, sources.some((source) => isWord.test(source)), isWord.test(page)]).toEqual([
      variable,
      true,
      true,
    ])
  }
})
