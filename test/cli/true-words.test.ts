import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { isPlain } from '../../harness/host/plain-path.js'
import { needing, root } from '../support/capability.js'
import { fixture, jdk } from '../support/java.js'

const start = join(packageRoot, 'dist', 'harness', 'cli', 'start.js')
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const folder = mkdtempSync(join(tmpdir(), 'true-words-'))
/** As an ordinary user. */
const through = 'exec setpriv --reuid=65534 --clear-groups --inh-caps=-all'
const app = (...options: string[]) => ['--', jdk.java, ...options, '-cp', leaks, 'leaks.Main', 'FileInput']
const check = (...words: string[]) => ['check', '--ready', 'log=/READY/', '--trace', 'preload', ...words]

interface Told {
  code: number
  text: string
}

/** Runs what users start; `through` is a shell's word before it. */
function run(words: string[], { through = 'exec', env = {} }: { through?: string; env?: object } = {}) {
  return new Promise<Told>((resolve) => {
    const line = ['-c', `${through} "$@"`, 'sh', process.execPath, start, ...words]
    const options = { timeout: 60_000, env: { ...process.env, ...env } }
    execFile('sh', line, options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1
      resolve({ code, text: stdout + stderr })
    })
  })
}

/** No stack of ours, whatever was wrong. */
function expectWords({ text }: Told, words: RegExp): void {
  expect(text).toMatch(words)
  expect(text).not.toMatch(/^\s+at .*\((?:node:|file:)|node:internal/m)
}

test.for([22, 26, 36, 48, 60])(
  'a limit of %i open files is named, wherever the harness meets it',
  async (limit) => {
    const told = await run(check(...app()), { through: `ulimit -n ${limit}; exec` })
    expect(told.code).toBe(3)
    expectWords(told, /"ulimit -n"/)
  },
)

test.for([
  [join(folder, 'missing'), /temporary folder can't be ".*missing": there is no such folder/],
  ['/etc/passwd', /temporary folder can't be "\/etc\/passwd": that is no folder/],
] as const)('a temporary folder that can’t be used is named: %s', async ([TMPDIR, words]) => {
  const told = await run(check(...app()), { env: { TMPDIR } })
  expect(told.code).toBe(2)
  expectWords(told, words)
})

needing(root)('so is one that this user may not write to', async () => {
  const locked = join(folder, 'locked')
  mkdirSync(locked, { mode: 0o755 })
  const told = await run(check(...app()), {
    through,
    env: { TMPDIR: locked },
  })
  expect(told.code).toBe(2)
  expectWords(told, /this user may not write to it|can't be looked at \(EACCES\)/)
})

test('a working folder that is gone is said to be', async () => {
  const gone = join(folder, 'gone')
  mkdirSync(gone)
  const told = await run(check(...app()), { through: `cd ${gone}; rmdir ${gone}; exec` })
  expect(told.code).toBe(2)
  expectWords(told, /^crac-preflight: The folder that this was started in is gone\. Change to one/m)
  expect(() => rmdirSync(gone)).toThrow()
})

needing(root)('a process of another user is said to be', async () => {
  const told = await run(['trace', '--pid', '1'], { through })
  expect(told.code).toBe(3)
  expectWords(told, /^crac-preflight: Process 1 belongs to user 0, and this is user 65534\./)
})

test.for([
  ['--timeout', '4'],
  ['--timeout', '4', '--ready', 'log=/Listening for transport/'],
  ['--timeout', '4', '--ready', 'seconds=1'],
])('a JVM that waits for a debugger is never ready: %s %s %s %s', async (words) => {
  const agent = '-agentlib:jdwp=transport=dt_socket,server=y,address=127.0.0.1:0'
  const told = await run(['check', '--trace', 'none', ...words, ...app(agent)])
  expect(told.code).toBe(3)
  expectWords(told, /APP_NOT_READY[^]*its JVM waits for a debugger \(-agentlib:jdwp without suspend=n\)/)
})

test('one that does not wait for it is', async () => {
  const agent = '-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0'
  expect((await run(check(...app(agent)))).code).toBe(1)
})

test('a JVM that nobody can attach to is said to be, wherever it was told so', async () => {
  const flags = join(folder, 'flags')
  writeFileSync(flags, '+DisableAttachMechanism\n')
  const told = await run(check(...app('-XX:+UnlockDiagnosticVMOptions', `-XX:Flags=${flags}`)))
  expect(told.code).toBe(3)
  expectWords(told, /ATTACH_DISABLED[^]*runs with -XX:\+DisableAttachMechanism/)
})

test('options that are too long for the agent are refused, and not cut', async () => {
  const TMPDIR = join(folder, ...Array.from({ length: 6 }, () => 'x'.repeat(200)))
  mkdirSync(TMPDIR, { recursive: true })
  const told = await run(check(...app()), { env: { TMPDIR } })
  expect(told.code).toBe(3)
  expectWords(told, /its options are longer than 1023 bytes: set TMPDIR to a shorter path/)
})

/** A launcher of its own kind, named as all are: the harness must know it by what it is. */
function launcher(name: string, ...flags: string[]): string {
  const place = join(folder, name)
  mkdirSync(place)
  const java = join(place, 'java')
  execFileSync('cc', [...flags, '-o', java, fixture('loads.c')], { stdio: 'pipe' })
  return java
}

test('a launcher for another processor is said to be, before it is started', async () => {
  const java = join(folder, 'other', 'java')
  mkdirSync(join(folder, 'other'))
  const bytes = readFileSync(jdk.java)
  // The machine of an ELF header: S/390, which nobody has probes for.
  bytes.writeUInt16LE(22, 18)
  writeFileSync(java, bytes, { mode: 0o755 })
  const told = await run(check('--', java, '-version'))
  expect(told.code).toBe(3)
  expectWords(told, /other\/java is built for s390x, and this machine is \w+\. Use a JDK for \w+\./)
})

test('a launcher that is linked statically is said to take no library, and what takes its place', async () => {
  const told = await run(check('--', launcher('static', '-static')))
  expect(told.code).toBe(3)
  expectWords(told, /static\/java takes no LD_PRELOAD: it is linked statically\. Use --trace ebpf\./)
})

needing(root)('so is one that is set-uid, and what is left where eBPF is refused, too', async () => {
  const java = launcher('set-uid')
  chmodSync(folder, 0o755)
  chownSync(java, 1, 1)
  chmodSync(java, 0o6755)
  const named = await run(check('--', java))
  expect(named.code).toBe(3)
  expectWords(named, /set-uid\/java takes no LD_PRELOAD: it is set-uid or set-gid\. Use --trace ebpf\./)
  const chosen = await run(['check', '--ready', 'log=/READY/', '--', java], { through })
  expect(chosen.code).toBe(3)
  expectWords(chosen, /set-uid or set-gid\. Nor can eBPF be used[^]*Use --trace none for a verdict without/)
})

test('a kernel without BPF is said to be one, and the preloaded library takes its place', async () => {
  const wrap = join(folder, 'no-bpf')
  execFileSync('cc', ['-o', wrap, fixture('no-bpf.c')])
  const told = await run(['check', '--ready', 'log=/READY/', ...app()], { through: `exec ${wrap}` })
  expect(told.code).toBe(1)
  expectWords(told, /owner {6}leaks\.FileInput\.open/)
  expectWords(told, /preload: the kernel refuses the eBPF tracer \(\w+: ENOSYS\)/)
  const named = await run(check('--trace', 'ebpf', ...app()), { through: `exec ${wrap}` })
  expect(named.code).toBe(3)
  expectWords(named, /ENOSYS\)[^]* Use a kernel that is built with CONFIG_BPF_SYSCALL=y/)
})

const [java, ...rest] = app().slice(1)
const wrapped = (...words: string[]) => ['--', ...words, java ?? 'java', ...rest]

test.for(['nohup nice -n 1 env A=b timeout 50', 'bash -c "exec -a orders $0 $@"'])(
  'behind %s an app is checked as it is without',
  async (words) => {
    const starter = words.startsWith('bash') ? ['bash', '-c', 'exec -a orders "$0" "$@"'] : words.split(' ')
    const told = await run([...check('--no-color', ...wrapped(...starter))])
    expectWords(told, /BLOCKED {2}leaks\.Main: 1 blocker\n[^]*owner {6}leaks\.FileInput\.open/)
    expect(told.code).toBe(1)
  },
)

test.for(['setsid', 'a script’s &'])('who puts the app into the background is named: %s', async (how) => {
  // What has left the app's group is out of the harness's reach: it ends by itself.
  const words = how === 'setsid' ? ['setsid', '--fork', 'timeout', '10'] : ['sh', '-c', '"$0" "$@" &']
  const told = await run(check(...wrapped(...words)))
  expect(told.code).toBe(3)
  expectWords(told, new RegExp(`APP_DIED[^]*"${words[0]}" has ended by itself: let it wait for the app`))
})

needing(root)('who gives the app to another user is named', async () => {
  const told = await run(check(...wrapped('setpriv', '--reuid=65534', '--clear-groups')))
  expect(told.code).toBe(3)
  const who = isPlain(packageRoot)
    ? /runs as user 65534 and the check as user 0,/
    : /Its user can't read the check's\s+folder/
  expectWords(told, who)
  expectWords(told, /put the\s+whole\s+check\s+behind\s+"setpriv",\s+and\s+not\s+only\s+the\s+app/)
})
