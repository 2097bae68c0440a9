/** Package, temporary folder, JDK and app in folders with every letter that some list, option or script might split at. */
import { execFileSync } from 'node:child_process'
import { on } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import type { Evidence, LedgerEntry, Report } from '../../harness/model/report.js'
import { bpf } from '../support/bpf.js'
import { needing, root, type Capability } from '../support/capability.js'
import { compileJava, fixture, jdk, jdkOf, jdks } from '../support/java.js'
import { pack, userEnvironment } from '../support/packed.js'

const outer = mkdtempSync(join(tmpdir(), 'any-path-'))
/** A JVM and its class path can't have a colon themselves. */
const letters = ` with ünïcode, x='1' "q" 100% $HOME`
const folder = join(outer, `all: ${letters}`)
const home = join(outer, `jdk${letters}`)
const project = join(folder, `app${letters}`)
const temporary = join(folder, 'tmp')
const jar = 'lecks äpp.jar'
/** Seen from the project. */
const late = 'classes'
const jdk21 = jdkOf(21)

beforeAll(() => {
  if (jdk21.refusal !== null) return
  const installed = join(folder, 'node_modules', 'crac-preflight')
  for (const each of [installed, project, temporary]) mkdirSync(each, { recursive: true })
  const tarball = join(folder, pack(folder))
  execFileSync('tar', ['--force-local', '-xzf', tarball, '-C', installed, '--strip-components', '1'])
  const others = join(packageRoot, 'node_modules')
  for (const name of readdirSync(others))
    if (name !== 'crac-preflight') symlinkSync(join(others, name), join(folder, 'node_modules', name))
  cpSync(jdks.find(({ feature }) => feature === 21)?.home ?? '', home, { recursive: true })
  const tool = jdks.map(({ home }) => join(home, 'bin', 'jar')).findLast((path) => existsSync(path))
  const classes = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
  execFileSync(tool ?? 'jar', ['cfe', join(project, jar), 'leaks.Main', '-C', classes, '.'])
  cpSync(compileJava('late', [fixture('java/17/Late.java')], 17), join(project, late), { recursive: true })
  const script = `#!/bin/sh\n"$JAVA_HOME/bin/java" -jar '${jar}' FileInput\n`
  writeFileSync(join(project, 'start it.sh'), script, { mode: 0o755 })
}, 60_000)
afterAll(() => {
  rmSync(outer, { recursive: true, force: true })
})

const place = {
  cwd: project,
  env: { ...userEnvironment, TMPDIR: temporary, JAVA_HOME: home, LC_ALL: 'C.UTF-8' },
  extendEnv: false,
  stdin: 'ignore',
  reject: false,
} as const

/** Runs the installed package in the app's folder. */
function run(words: string[]) {
  const main = join(folder, 'node_modules', 'crac-preflight', 'dist', 'harness', 'cli', 'main.js')
  return execa(process.execPath, [main, ...words], place)
}

async function resultOf<T>(started: ReturnType<typeof run>): Promise<T> {
  const { stdout, stderr } = await started
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as T
}

/** What it says of the app, started from its folder. */
function check(trace: string, command: string[]): Promise<Report> {
  const options = ['--trace', trace, '--ready', 'log=/^READY/', '--json', '-']
  return resultOf(run(['check', ...options, '--jdk-option', `-Dodd=it's "odd"`, '--', ...command]))
}

const direct = [join(home, 'bin', 'java'), '-jar', jar, 'FileInput']
const cases: { how: string; trace: string; command: string[]; needs: Capability[] }[] = [
  { how: 'the preloaded library', trace: 'preload', command: direct, needs: [] },
  { how: 'eBPF', trace: 'ebpf', command: direct, needs: [bpf] },
  { how: 'all observers, the profiler, too,', trace: 'both', command: direct, needs: [bpf] },
  { how: 'options in the environment of a script', trace: 'preload', command: ['./start it.sh'], needs: [] },
]

for (const { how, trace, command, needs } of cases)
  needing(jdk21, ...needs)(`with ${how} a check finds the Java line wherever all of it lies`, async () => {
    const { failure, evidence, blockers } = await check(trace, command)
    expect(failure).toBe(null)
    expect(evidence.tracer).toBe(trace)
    expect(blockers.map(({ id }) => id)).toEqual(['file:leaks.FileInput.open'])
    expect(basename(blockers[0]?.owner?.jar ?? '')).toBe(jar)
    expect(readdirSync(temporary)).toEqual([])
  })

// Another user's JVM is this machine's own: nobody else comes into the folder of this test.
needing(jdk21, root)('who gives the app to another user is named there, too', async () => {
  const { failure } = await check('preload', [
    'setpriv',
    '--reuid=65534',
    '--clear-groups',
    jdk.java,
    ...direct.slice(1),
  ])
  expect(failure).toMatchObject({
    code: 'APP_DIED',
    message: expect.stringContaining(
      'Its user can\'t read the check\'s folder: put the whole check behind "setpriv", and not only the app.',
    ),
  })
})

/** The methods that opened a file, or whatever there is with that end of its name. */
const openersOf = ({ descriptors }: Listing, end: string): string[] =>
  descriptors
    .filter(({ target }) => target.endsWith(end))
    .flatMap(({ origin }) => origin?.java.map(({ class: name, method }) => `${name}.${method}`) ?? [])

/** Waits for a word in what a program prints. */
async function says(stream: Readable, word: string): Promise<void> {
  let said = ''
  for await (const [text] of on(stream, 'data', { close: ['end'] })) {
    said += String(text)
    if (said.includes(word)) return
  }
  throw new Error(`it has ended before it said ${word}: ${said}`)
}

interface Listing {
  descriptors: LedgerEntry[]
  evidence: Evidence
}

const observers = [
  { trace: 'ebpf', needs: [bpf] },
  { trace: 'preload', needs: [] },
] as const

for (const { trace, needs } of observers) {
  needing(jdk21, ...needs)(`trace --at-exit finds it there with --trace ${trace}`, async () => {
    // It ends as its input has ended.
    const command = [join(home, 'bin', 'java'), '-cp', late, 'Late']
    const words = ['trace', '--trace', trace, '--at-exit', '--json', '-', '--', ...command]
    const listing = await resultOf<Listing>(run(words))
    expect(listing.evidence.tracer).toBe(trace)
    expect(openersOf(listing, '/etc/passwd')).toContain('Late.early')
    expect(readdirSync(temporary)).toEqual([])
  })

  needing(jdk21, ...needs)(`so does trace --pid with --trace ${trace}`, async () => {
    const jvm = execa(join(home, 'bin', 'java'), ['-cp', late, 'Late'], { ...place, stdin: 'pipe' })
    try {
      await says(jvm.stdout, 'READY')
      const listing = run(['trace', '--trace', trace, '--pid', String(jvm.pid), '--json', '-'])
      await says(listing.stderr, 'tracing process')
      jvm.stdin.write('\n')
      await says(jvm.stdout, 'LATE')
      listing.kill('SIGINT')
      const told = await resultOf<Listing>(listing)
      expect(told.evidence.tracer).toBe(trace)
      expect(openersOf(told, '/etc/group')).toContain('Late.late')
      expect(readdirSync(temporary)).toEqual([])
    } finally {
      jvm.kill('SIGKILL')
      await jvm
      rmSync(`/tmp/.java_pid${jvm.pid}`, { force: true })
    }
  })
}
