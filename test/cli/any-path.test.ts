/** Package, temporary folder, JDK and app in folders with every letter that some list, option or script might split at. */
import { execFileSync } from 'node:child_process'
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
import { execa } from 'execa'
import { afterAll, beforeAll, expect } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import type { Report } from '../../harness/model/report.js'
import { bpf } from '../support/bpf.js'
import { needing, type Capability } from '../support/capability.js'
import { jdkOf, jdks } from '../support/java.js'
import { pack, userEnvironment } from '../support/packed.js'

const outer = mkdtempSync(join(tmpdir(), 'any-path-'))
/** A JVM and its class path can't have a colon themselves. */
const letters = ` with ünïcode, x='1' "q" 100% $HOME`
const folder = join(outer, `all: ${letters}`)
const home = join(outer, `jdk${letters}`)
const project = join(folder, `app${letters}`)
const temporary = join(folder, 'tmp')
const jar = 'lecks äpp.jar'
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
  const script = `#!/bin/sh\n"$JAVA_HOME/bin/java" -jar '${jar}' FileInput\n`
  writeFileSync(join(project, 'start it.sh'), script, { mode: 0o755 })
}, 60_000)
afterAll(() => {
  rmSync(outer, { recursive: true, force: true })
})

/** What the installed package says of the app, started from its folder. */
async function check(trace: string, command: string[]): Promise<Report> {
  const main = join(folder, 'node_modules', 'crac-preflight', 'dist', 'harness', 'cli', 'main.js')
  const options = [
    '--trace',
    trace,
    '--ready',
    'log=/^READY/',
    '--json',
    '-',
    '--jdk-option',
    `-Dodd=it's "odd"`,
  ]
  const { stdout, stderr } = await execa(process.execPath, [main, 'check', ...options, '--', ...command], {
    cwd: project,
    env: { ...userEnvironment, TMPDIR: temporary, JAVA_HOME: home, LC_ALL: 'C.UTF-8' },
    extendEnv: false,
    reject: false,
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Report
}

const direct = [join(home, 'bin', 'java'), '-jar', jar, 'FileInput']
const cases: { how: string; trace: string; command: string[]; needs: Capability[] }[] = [
  { how: 'the preloaded library', trace: 'preload', command: direct, needs: [] },
  { how: 'eBPF', trace: 'ebpf', command: direct, needs: [bpf] },
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
