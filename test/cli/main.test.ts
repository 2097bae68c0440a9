import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import type { Report } from '../../harness/model/report.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { bpf } from '../support/bpf.js'
import { cli } from './command-line.js'
import { needing, root } from '../support/capability.js'

const waits = compileJava('hold', [fixture('java/17/Waits.java')], 17)
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const folder = mkdtempSync(join(tmpdir(), 'cli-'))

interface Result {
  code: number
  stdout: string
  stderr: string
}

function run(
  args: string[],
  options: { input?: string; env?: Record<string, string>; command?: string[]; from?: string } = {},
): Promise<Result> {
  const [program = process.execPath, ...before] = options.command ?? []
  const cli = join(options.from ?? packageRoot, 'dist', 'harness', 'cli', 'main.js')
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...before, ...(options.command ? [process.execPath] : []), cli, ...args],
      { env: { ...process.env, ...options.env }, timeout: 60_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
      },
    )
    child.stdin?.end(options.input ?? '')
  })
}

const java = (...args: string[]) => ['--', jdk.java, '-cp', `${waits}:${leaks}`, ...args]
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('crac-preflight-'))

test('a checkpointable app ends with 0, a blocked one with 1', async () => {
  expect(await run(['check', '--ready', 'log=/READY/', ...java('Waits')])).toMatchObject({ code: 0 })
  const blocked = await run(['check', '--ready', 'log=/READY/', ...java('leaks.Main', 'FileInput')])
  expect(blocked.code).toBe(1)
  if (bpf.refusal === null) expect(blocked.stdout).toContain('leaks.FileInput.open(FileInput.java:')
  // Nobody reads a pipe at a terminal's width: a sentence stays in one line, however long its paths are.
  expect(blocked.stdout).toMatch(/^ *remedy +Close the file .* See https:.*$/m)
})

test('JSON goes to standard output alone, and people read on standard error', async () => {
  const { stdout, stderr } = await run(['check', '--json', '-', '--ready', 'log=/READY/', ...java('Waits')])
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'crac-preflight/report@1', verdict: 'checkpointable' })
  expect(stderr).toContain('nothing speaks against a checkpoint')
})

test('XML goes to standard output alone, too', async () => {
  const { stdout } = await run(['check', '--junit=-', '--ready', 'log=/READY/', ...java('Waits')])
  expect(stdout).toMatch(/^<\?xml[^]*<\/testsuites>\n$/)
})

test('a report folder holds the report, the XML, the app’s log and the JVM’s text', async () => {
  const reports = join(folder, 'reports')
  await run([
    'check',
    '--report-folder',
    reports,
    '--ready',
    'log=/READY/',
    ...java('leaks.Main', 'FileInput'),
  ])
  expect(readdirSync(reports).sort()).toEqual(['app.log', 'checkpoint.txt', 'junit.xml', 'report.json'])
  expect(readFileSync(join(reports, 'app.log'), 'utf8')).toContain('READY')
  expect(readFileSync(join(reports, 'checkpoint.txt'), 'utf8')).toContain('CheckpointException')
})

needing(bpf)('trace lists who opened what, without a checkpoint', async () => {
  const { code, stdout } = await run([
    'trace',
    '--json',
    '-',
    '--ready',
    'log=/READY/',
    ...java('leaks.Main', 'Listener'),
  ])
  expect(code).toBe(0)
  const { descriptors } = JSON.parse(stdout) as {
    descriptors: { target: string; bound: { java: { class: string }[] } | null }[]
  }
  const listener = descriptors.find(({ target }) => /^tcp .* listening$/.test(target))
  expect(listener?.bound?.java.some((frame) => frame.class === 'leaks.Listener')).toBe(true)
})

test('trace lists after a time, too', async () => {
  const { code, stdout } = await run(['trace', '--for', '500ms', ...java('Waits')])
  expect(code).toBe(0)
  expect(stdout).toContain('lib/modules')
})

test.for([
  [['frobnicate'], /no command "frobnicate"/],
  [[], /Name a command/],
  [['check'], /no app to run/],
  [['check', '--frob', '1', '--', 'java'], /--frob/],
  [['check', '--ready', 'tomorrow', '--', 'java'], /--ready can't be "tomorrow"/],
  [['check', '--ready', 'log=/(/', '--', 'java'], /--ready can't be/],
  [['check', '--timeout', 'soon', '--', 'java'], /--timeout can't be "soon"/],
  [['check', '--timeout', 'Infinity', '--', 'java'], /--timeout can't be "Infinity"/],
  [['check', '--timeout', '3000000', '--', 'java'], /--timeout can't be "3000000".* at most 24 days/],
  [['check', '--ready', 'seconds=3000000', '--', 'java'], /--ready can't be "seconds=3000000"/],
  [['check', '--env', 'X', '--', 'java'], /--env can't be "X"/],
  [['check', '--image', 'x', '--label', 'X'], /--label can't be "X"/],
  [['check', '--junit=-', '--json', '-', '--', 'java'], /--json and --junit can't both/],
  [['check', '--crac-version', '19', '--', 'java'], /--crac-version can't be "19"/],
  [['check', '--engine', 'warp', '--', 'java'], /--engine can't be "warp"/],
  [['check', '--warm-up', 'POST', '--', 'java'], /--warm-up can't be/],
  [['check', '--cwd', '/no/such/folder', '--', 'java'], /--cwd can't be/],
  [['check', '--json', '/proc/nowhere/report.json', '--', 'java'], /--json can't be/],
  [['check', '--', 'no-such-program'], /no command "no-such-program"/],
  [['check', '--engine', 'crac', '--', 'java'], /needs a CRaC JDK/],
  [['trace', '--for', 'ever', '--', 'java'], /--for can't be "ever"/],
  [['explain'], /nothing to explain/],
  [['explain', '/no/such/log'], /no file "\/no\/such\/log"/],
] as const)('%j is a usage error in one clear line', async ([args, message]) => {
  const { code, stderr } = await run([...args])
  expect(code).toBe(2)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/^\s+at /m)
})

test('an app that dies before it is ready is no verdict; its last output and its exit status are shown', async () => {
  const { code, stdout } = await run(['check', '--ready', 'log=/READY/', ...java('NoSuchClass')])
  expect(code).toBe(3)
  expect(stdout).toMatch(/APP_DIED/)
  expect(stdout).toMatch(/\(1\)/)
  expect(stdout).toContain('NoSuchClass')
})

test('an app that is never ready is no verdict; its threads are shown', async () => {
  const { code, stdout } = await run(['check', '--ready', 'log=/NEVER/', '--timeout', '2', ...java('Waits')])
  expect(code).toBe(3)
  expect(stdout).toMatch(/APP_NOT_READY/)
  expect(stdout).toContain('"main"')
})

test('a program that is not Java is said not to be Java', async () => {
  const { code, stdout } = await run(['check', '--ready', 'seconds=0.2', '--', 'sleep', '60'])
  expect(code).toBe(3)
  expect(stdout).toMatch(/APP_NOT_JAVA/)
})

test('a failing warm-up is no verdict, and says which request failed and why', async () => {
  const url = `http://127.0.0.1:${await unusedPort()}/orders`
  const { code, stdout } = await run([
    ...['check', '--json', '-', '--ready', 'log=/READY/', '--warm-up', `PUT ${url}`],
    ...java('Waits'),
  ])
  expect(code).toBe(3)
  const { failure } = JSON.parse(stdout) as Report
  expect(failure?.code).toBe('WARM_UP_FAILED')
  expect(failure?.message).toContain(`PUT ${url} got no whole answer (ECONNREFUSED)`)
})

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

test('a policy file that does not exist is a blocker, as it is for the JDK', async () => {
  const { code, stdout } = await run([
    'check',
    '--jdk-option=-Djdk.crac.resource-policies=/no/such/policies',
    '--ready',
    'log=/READY/',
    ...java('Waits'),
  ])
  expect(code).toBe(1)
  expect(stdout).toContain('does not exist')
})

test('a script that starts the JVM is checked, too', async () => {
  const script = join(folder, 'run.sh')
  writeFileSync(script, `#!/bin/sh\n"${jdk.java}" -cp "${leaks}" leaks.Main FileInput\n`, { mode: 0o755 })
  const { code, stdout } = await run(['check', '--ready', 'log=/READY/', '--', script])
  expect(code).toBe(1)
  if (bpf.refusal === null) expect(stdout).toContain('leaks.FileInput.open')
})

needing(root)('without the right to load BPF the verdict still comes, and says what is missing', async () => {
  const { code, stdout } = await run(
    ['check', '--json', '-', '--ready', 'log=/READY/', ...java('leaks.Main', 'FileInput')],
    {
      command: ['setpriv', '--bounding-set=-all', '--inh-caps=-all'],
    },
  )
  const report = JSON.parse(stdout) as Report
  expect(code).toBe(1)
  expect(report.verdict).toBe('blocked')
  // The preloaded library needs no privilege: the Java line is there all the same.
  expect(report.evidence.tracer).toBe('preload')
  expect(report.blockers[0]?.owner?.frame).toMatch(/^leaks\.FileInput\.open/)
  expect(report.evidence.note).toMatch(/the kernel refuses the eBPF tracer \(\w+: EPERM\)/)
})

test('an interrupted check stops what it started', async () => {
  const child = execFile(process.execPath, [cli, 'check', '--ready', 'log=/NEVER/', ...java('Waits')])
  let stderr = ''
  child.stderr?.on('data', (text: string) => (stderr += text))
  await expect.poll(javaProcesses, { timeout: 20_000 }).toHaveLength(1)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(stderr).toMatch(/SIGINT/)
  expect(javaProcesses()).toEqual([])
  expect(leftovers().filter((name) => name.includes(`-${child.pid}-`))).toEqual([])
})

test('a check that is killed leaves neither process nor folder, at once', async () => {
  const child = execFile(process.execPath, [cli, 'check', '--ready', 'log=/NEVER/', ...java('Waits')])
  await expect.poll(javaProcesses, { timeout: 20_000 }).toHaveLength(1)
  child.kill('SIGKILL')
  await expect.poll(javaProcesses, { timeout: 20_000 }).toEqual([])
  await expect.poll(tracers, { timeout: 20_000 }).toEqual([])
  const own = () => leftovers().filter((name) => name.includes(`-${child.pid}-`))
  await expect.poll(own, { timeout: 20_000 }).toEqual([])
})

test('explain reads a file or standard input', async () => {
  const text =
    'jdk.crac.CheckpointException\n\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: /etc/passwd\n'
  const { code, stdout } = await run(['explain', '--json', '-'], { input: text })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    file: '-',
    outcome: 'checkpoint-failed',
    findings: [{ message: '/etc/passwd' }],
  })
  const log = join(folder, 'ok.log')
  writeFileSync(log, 'CR: Checkpoint ...\n')
  expect((await run(['explain', log])).code).toBe(0)
})

test('doctor says what this machine can do', async () => {
  const { code, stdout } = await run(['doctor'])
  expect(stdout).toContain(jdk.home)
  expect(stdout).toMatch(/ok +preload tracer/)
  const [observers, running] = /ok +eBPF/.test(stdout)
    ? ['kernel\\+preload', 'kernel\\+profiler']
    : ['preload', 'preload']
  expect(stdout).toMatch(
    new RegExp(`^ok +observers +check, trace: ${observers}; trace --pid: ${running}$`, 'm'),
  )
  expect(code).toBe(0)
})

test('doctor says that no engine answers at an address where none is', async () => {
  const host = `tcp://127.0.0.1:${await unusedPort()}`
  const { stdout } = await run(['doctor'], { env: { DOCKER_HOST: host } })
  expect(stdout).toMatch(/^absent +Docker engine +none$/m)
  expect(stdout).toContain(host)
})

test('doctor gives its diagnosis where nothing has been built', async () => {
  const unbuilt = join(folder, 'unbuilt')
  for (const part of ['harness', 'reports'])
    cpSync(join(packageRoot, 'dist', part), join(unbuilt, 'dist', part), { recursive: true })
  cpSync(join(packageRoot, 'package.json'), join(unbuilt, 'package.json'))
  symlinkSync(join(packageRoot, 'node_modules'), join(unbuilt, 'node_modules'))
  const { code, stdout } = await run(['doctor'], { from: unbuilt })
  expect(code).toBe(1)
  expect(stdout).toMatch(/missing +eBPF tracer +does not start\n.*npm run build/)
})

const javaProcesses = () => processes((args) => args.includes('Waits') && args[0] === jdk.java)
const tracers = () =>
  processes((args) => args[0]?.startsWith(packageRoot) === true && args[0].endsWith('/fdtrace'))

function processes(matches: (args: string[]) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return matches(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'))
      } catch {
        return false
      }
    })
}
