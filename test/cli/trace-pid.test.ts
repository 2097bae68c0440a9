import { execFileSync, spawnSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { probesFolder } from '../../harness/host/package-root.js'
import { loadAgent } from '../../harness/jvm/attach.js'
import type { Evidence, LedgerEntry } from '../../harness/model/report.js'
import { bpf } from '../support/bpf.js'
import { compileJava, fixture, jdk, jdks, muslJvm, onMusl } from '../support/java.js'
import { run } from './command-line.js'
import { capability, needing, root } from '../support/capability.js'
import { endJvm } from '../support/end-jvm.js'

const late = compileJava('late', [fixture('java/17/Late.java')], 17)
const main = ['-cp', late, 'Late']

/** A JVM that is nobody's: this test's own, and not started by the command line. */
class Running {
  static readonly all: Running[] = []
  private constructor(
    readonly child: ChildProcess,
    readonly pid: number,
  ) {
    Running.all.push(this)
  }

  static start(program: string, ...args: string[]): Promise<Running> {
    return Running.startWith([], program, ...args)
  }

  /** With descriptors of this test's, from 3 on. */
  static async startWith(given: number[], program: string, ...args: string[]): Promise<Running> {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore', ...given] })
    const running = new Running(child, child.pid ?? 0)
    await running.says('READY')
    return running
  }

  /** Makes it open two descriptors more. */
  async goOn(): Promise<void> {
    const said = this.says('LATE')
    this.child.stdin?.write('\n')
    await said
  }

  /** What it holds, as the kernel tells. */
  table(): Map<number, string> {
    const links = readdirSync(`/proc/${this.pid}/fd`).flatMap((fd): [number, string][] => {
      try {
        return [[Number(fd), readlinkSync(`/proc/${this.pid}/fd/${fd}`)]]
      } catch {
        return []
      }
    })
    return new Map(links)
  }

  private async says(word: string): Promise<void> {
    let said = ''
    const ended = once(this.child, 'exit')
    for (;;) {
      const [text] = (await Promise.race([once(this.child.stdout ?? this.child, 'data'), ended])) as [unknown]
      if (!Buffer.isBuffer(text)) throw new Error(`it has ended before it said ${word}, but only: ${said}`)
      said += text.toString()
      if (said.includes(word)) return
    }
  }
}

afterEach(async () => {
  for (const { child } of Running.all.splice(0)) await endJvm(child)
})

interface Ledger {
  descriptors: LedgerEntry[]
  evidence: Evidence
}

const isAttached = (stderr: string) => stderr.includes('tracing process')
const folders = (pid: number) =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`crac-preflight-${pid}-`))

/** Starts a trace and, when it has attached, does what is to be seen, and ends it by a signal. */
function traced(
  pid: number,
  meanwhile: () => Promise<void>,
  end: NodeJS.Signals,
  options: string[] = [],
  through: string[] = [],
) {
  let harness = 0
  const result = run(['trace', '--pid', String(pid), ...options], {
    through,
    onStart: (child) => {
      harness = child.pid ?? 0
      let stderr = ''
      let begun = false
      child.stderr?.on('data', (text: string) => {
        stderr += text
        if (begun || !isAttached(stderr)) return
        begun = true
        void meanwhile().then(() => child.kill(end))
      })
    },
  })
  return result.then((each) => ({ ...each, harness }))
}

needing(bpf).for(jdks)('a running JVM $feature is traced from now on, and is left as it was', ({ java }) =>
  isTracedAndLeft(java),
)

needing(bpf, onMusl)('so is one on musl', () => isTracedAndLeft(muslJvm.java))

async function isTracedAndLeft(java: string): Promise<void> {
  const jvm = await Running.start(java, ...main)
  const before = jvm.table()
  const { code, stdout, harness } = await traced(jvm.pid, () => jvm.goOn(), 'SIGINT', ['--json', '-'])
  expect(code).toBe(0)
  const { descriptors } = JSON.parse(stdout) as { descriptors: LedgerEntry[] }
  const numbers = (entries: LedgerEntry[]) => entries.map(({ fd }) => fd).sort((a, b) => a - b)
  expect(numbers(descriptors.filter(({ missing }) => missing === 'opened before tracing'))).toEqual(
    [...before.keys()].sort((a, b) => a - b),
  )
  const file = descriptors.find(({ target }) => target === '/etc/group')
  expect(file?.origin?.java.some(({ class: name, method }) => `${name}.${method}` === 'Late.late')).toBe(true)
  const listener = descriptors.find(({ target }) => /^tcp .* listening$/.test(target))
  expect(listener?.bound?.java.some(({ class: name, method }) => `${name}.${method}` === 'Late.late')).toBe(
    true,
  )
  // Nothing of ours is left in it but the socket on which a JVM waits for the attach protocol, once it was asked to.
  expect(descriptors.filter(({ missing }) => missing?.includes('attach listener')).length).toBe(1)
  expect([...jvm.table().keys()].sort((a, b) => a - b)).toEqual(numbers(descriptors))
  expect(folders(harness)).toEqual([])
  expect(jvm.child.exitCode ?? jvm.child.signalCode).toBeNull()
  // It can be traced once more.
  const again = await run(['trace', '--pid', String(jvm.pid), '--for', '200ms', '--by', 'kind'])
  expect(again).toMatchObject({ code: 0, stderr: expect.stringMatching(/for 0\.2 s\n$/) })
  expect(again.stdout).toMatch(/listening-socket/)
}

needing(bpf)('a trace that is killed leaves no profiler at work, no folder and a living JVM', async () => {
  const jvm = await Running.start(jdk.java, ...main)
  const recordings = () => [...jvm.table().values()].filter((link) => link.includes('samples-'))
  let during: string[] = []
  const { code, harness } = await traced(
    jvm.pid,
    async () => {
      await jvm.goOn()
      during = recordings()
    },
    'SIGKILL',
  )
  expect(code).toBe(-1)
  expect(during.length).toBe(1)
  await expect.poll(recordings, { timeout: 10_000 }).toEqual([])
  await expect.poll(() => folders(harness), { timeout: 10_000 }).toEqual([])
  await jvm.goOn()
  expect(jvm.child.exitCode ?? jvm.child.signalCode).toBeNull()
})

needing(bpf)('a JVM that ends while it is traced is no ledger, and said so', async () => {
  const jvm = await Running.start(jdk.java, ...main)
  const { code, stderr } = await run(['trace', '--pid', String(jvm.pid), '--for', '30s'], {
    onStart: (child) =>
      child.stderr?.on('data', (text: string) => {
        if (isAttached(text)) jvm.child.kill('SIGKILL')
      }),
  })
  expect(code).toBe(3)
  expect(stderr).toMatch(/ended while it was traced/)
})

const unshare = ['unshare', '--mount', '--pid', '--fork', '--mount-proc', 'sh', '-c']

const namespaces = capability(
  'namespaces',
  spawnSync(unshare[0] ?? '', [...unshare.slice(1), 'mount -t tmpfs none /tmp']).status === 0,
  'no process can have file systems and pids of its own here',
)

needing(bpf, namespaces)(
  'a JVM with a /tmp and pids of its own, as in a container, is traced by its number on this machine',
  async () => {
    // The classes may themselves lie below the /tmp that is covered.
    const command = `cd "${late}" && mount -t tmpfs none /tmp && cp *.class /tmp && exec "${jdk.java}" -cp /tmp Late`
    const shell = await Running.start(unshare[0] ?? '', ...unshare.slice(1), command)
    const [pid = 0] = childrenOf(shell.pid)
    const { code, stdout } = await traced(pid, () => shell.goOn(), 'SIGINT', ['--json', '-'])
    expect(code).toBe(0)
    const { descriptors } = JSON.parse(stdout) as { descriptors: LedgerEntry[] }
    const file = descriptors.find(({ target }) => target === '/etc/group')
    expect(file?.origin?.java.some(({ class: name }) => name === 'Late')).toBe(true)
    expect(descriptors.some(({ missing }) => missing?.includes('attach listener'))).toBe(true)
    expect(readdirSync(`/proc/${pid}/root/tmp`).filter((name) => name.startsWith('crac-'))).toEqual([])
    process.kill(pid, 'SIGKILL')
  },
)

const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
      } catch {
        return false
      }
    })
    .map(Number)

test('a process that is no JVM is said to be none', async () => {
  const { code, stderr } = await run(['trace', '--pid', String(process.pid)])
  expect(code).toBe(2)
  expect(stderr).toMatch(/that is no JVM .*it has no libjvm\.so mapped/)
})

needing(bpf)(
  'a JVM that can’t be attached to is seen by the kernel, and which option is in the way',
  async () => {
    const jvm = await Running.start(jdk.java, '-XX:+DisableAttachMechanism', ...main)
    const { code, stdout } = await traced(jvm.pid, () => jvm.goOn(), 'SIGINT', ['--json', '-'])
    expect(code).toBe(0)
    const { descriptors, evidence } = JSON.parse(stdout) as Ledger
    expect(evidence).toMatchObject({
      tracer: 'ebpf',
      note: expect.stringMatching(/^no Java stacks: Process \d+ runs with -XX:\+DisableAttachMechanism; /),
    })
    const file = descriptors.find(({ target }) => target === '/etc/group')
    expect(file?.origin).toMatchObject({ syscall: 'openat', thread: 'java', java: [] })
    expect(jvm.child.exitCode ?? jvm.child.signalCode).toBeNull()
  },
)

needing(root)(
  'what has more rights than this process can’t be looked at: nothing is done to it, and it says what to do',
  async () => {
    const jvm = await Running.start(jdk.java, ...main)
    const { code, stderr } = await run(['trace', '--pid', String(jvm.pid)], {
      through: ['setpriv', '--bounding-set=-all', '--inh-caps=-all'],
    })
    expect(code).toBe(3)
    expect(stderr).toMatch(/needs CAP_SYS_PTRACE\. Run as root/)
    expect(readFileSync(`/proc/${jvm.pid}/maps`, 'utf8')).not.toContain('libasyncProfiler')
    expect(existsSync(`/tmp/.java_pid${jvm.pid}`)).toBe(false)
  },
)

const NOBODY = 65534
/** An ordinary user, who may not load BPF. */
const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
const startAsNobody = (...args: string[]) => startJavaAsNobody(jdk.java, ...args)
const startJavaAsNobody = (java: string, ...args: string[]) =>
  Running.start(asNobody[0] ?? '', ...asNobody.slice(1), java, ...args)
const library = join(probesFolder, 'libfdpreload.so')

needing(root)('without BPF a user gets the Java lines of what the JVM opens from now on', () =>
  hasLinesWithoutBpf(jdk.java),
)

needing(root, onMusl)('so does the user of a JVM on musl', () => hasLinesWithoutBpf(muslJvm.java))

async function hasLinesWithoutBpf(java: string): Promise<void> {
  const jvm = await startJavaAsNobody(java, ...main)
  const before = [...jvm.table().keys()].sort((a, b) => a - b)
  const first = await traced(jvm.pid, () => jvm.goOn(), 'SIGINT', ['--json', '-'], asNobody)
  expect(first).toMatchObject({ code: 0 })
  const { descriptors, evidence } = JSON.parse(first.stdout) as Ledger
  expect(evidence).toMatchObject({
    tracer: 'preload',
    lost: 0,
    withoutOrigin: 0,
    note: expect.stringMatching(/^preload: the kernel refuses the eBPF tracer \(\w+: EPERM\);/),
  })
  const numbers = (entries: LedgerEntry[]) => entries.map(({ fd }) => fd).sort((a, b) => a - b)
  expect(numbers(descriptors.filter(({ missing }) => missing === 'opened before tracing'))).toEqual(before)
  const isLate = (origin: LedgerEntry['origin'] | undefined) =>
    origin?.java.some(({ class: name, method }) => `${name}.${method}` === 'Late.late') ?? false
  const file = descriptors.find(({ target }) => target === '/etc/group')
  const listener = descriptors.find(({ target }) => /^tcp .* listening$/.test(target))
  expect([isLate(file?.origin), isLate(listener?.origin), isLate(listener?.bound)]).toEqual([
    true,
    true,
    true,
  ])
  expect(numbers(descriptors)).toEqual([...jvm.table().keys()].sort((a, b) => a - b))
  expect(folders(first.harness)).toEqual([])
  // The hooks are out: what is opened meanwhile is nobody's when it is traced once more.
  await jvm.goOn()
  const again = await run(['trace', '--pid', String(jvm.pid), '--for', '200ms', '--json', '-'], {
    through: asNobody,
  })
  expect(again).toMatchObject({ code: 0 })
  const later = (JSON.parse(again.stdout) as Ledger).descriptors
  expect(later.filter(({ target }) => target === '/etc/group').map(({ missing }) => missing)).toEqual([
    'opened before tracing',
    'opened before tracing',
  ])
}

needing(root)('the hooks of a trace that is killed are taken out, and the JVM goes on', async () => {
  const jvm = await startAsNobody(...main)
  await traced(jvm.pid, () => jvm.goOn(), 'SIGKILL', [], asNobody)
  // It refuses to begin as long as it is at work.
  await expect
    .poll(async () => (await loadAgent(jvm.pid, library, 'begin')).code, { timeout: 20_000 })
    .toBe(0)
  await loadAgent(jvm.pid, library, 'end')
  await jvm.goOn()
  expect(jvm.child.exitCode ?? jvm.child.signalCode).toBeNull()
})

needing(root)(
  'a JVM that takes no agent, without BPF, still tells what it holds, and why no more',
  async () => {
    const jvm = await startAsNobody('-XX:+DisableAttachMechanism', ...main)
    const { code, stdout } = await traced(jvm.pid, () => jvm.goOn(), 'SIGINT', ['--json', '-'], asNobody)
    expect(code).toBe(0)
    const { descriptors, evidence } = JSON.parse(stdout) as Ledger
    const why =
      /^nobody sees who opens what: the kernel refuses .*; Process \d+ runs with -XX:\+DisableAttach\w+/
    expect(evidence).toMatchObject({ tracer: 'none', note: expect.stringMatching(why) })
    expect(descriptors.map(({ fd, kind }) => ({ fd, kind }))).toContainEqual({ fd: 0, kind: 'socket' })
    const missing = new Map(descriptors.map(({ target, missing }) => [target, missing]))
    expect(missing.get('/etc/passwd')).toBe('opened before tracing')
    expect(missing.get('/etc/group')).toMatch(why)
    // This test is at the other end of its standard input, and another user's: nobody knows that without a right.
    expect(evidence.note).toMatch(/who is at the other end of unix sockets (?:and pipes )?is not fully known/)
    expect(existsSync(`/tmp/.java_pid${jvm.pid}`)).toBe(false)
  },
)

test('the live table alone has peers and their processes, and nothing is done to the JVM for it', async () => {
  const jvm = await Running.start(jdk.java, ...main)
  const options = ['--trace', 'none', '--for', '100ms', '--json', '-']
  const { code, stdout } = await run(['trace', '--pid', String(jvm.pid), ...options])
  expect(code).toBe(0)
  const { descriptors, evidence } = JSON.parse(stdout) as Ledger
  expect(evidence).toMatchObject({ tracer: 'none', note: expect.stringMatching(/^tracing was switched off/) })
  expect(descriptors.map(({ fd }) => fd).sort((a, b) => a - b)).toEqual(
    [...jvm.table().keys()].sort((a, b) => a - b),
  )
  // Its standard streams are socket pairs with this test.
  const input = descriptors.find(({ fd }) => fd === 0)
  expect(input?.peerHolders.map(({ pid, own }) => ({ pid, own }))).toEqual([{ pid: process.pid, own: false }])
  expect(readFileSync(`/proc/${jvm.pid}/maps`, 'utf8')).not.toMatch(/libasyncProfiler|libfdpreload/)
  expect(existsSync(`/tmp/.java_pid${jvm.pid}`)).toBe(false)
})

needing(root)('the other ends of pipes are told, and of whom this user may not know that', async () => {
  const fifo = join(mkdtempSync(join(tmpdir(), 'ends-')), 'fifo')
  execFileSync('mkfifo', [fifo])
  const end = openSync(fifo, constants.O_RDWR)
  const jvm = await Running.startWith([end], jdk.java, ...main)
  const user = await Running.startWith([end], asNobody[0] ?? '', ...asNobody.slice(1), jdk.java, ...main)
  closeSync(end)
  const tell = async (pid: number, through: string[]) => {
    const options = ['--trace', 'none', '--for', '100ms', '--json', '-']
    const { stdout } = await run(['trace', '--pid', String(pid), ...options], { through })
    const { descriptors, evidence } = JSON.parse(stdout) as Ledger
    return { ends: descriptors.find(({ fd }) => fd === 3)?.peerHolders, note: evidence.note }
  }
  const asRoot = await tell(jvm.pid, [])
  expect(asRoot.ends).toEqual([{ pid: user.pid, name: 'java', fd: 3, own: false, end: 'both' }])
  expect(asRoot.note).not.toMatch(/pipes/)
  const asUser = await tell(user.pid, asNobody)
  expect(asUser.ends).toEqual([])
  expect(asUser.note).toMatch(
    /who is at the other end of (unix sockets and )?pipes is not fully known: the descriptors of \d+ processes can't be read by this user/,
  )
})

needing(root)('another user’s JVM is refused before anything is done to it', async () => {
  const jvm = await Running.start(jdk.java, ...main)
  const { code, stderr } = await run(['trace', '--pid', String(jvm.pid)], {
    through: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
  })
  expect(code).toBe(3)
  expect(stderr).toMatch(/belongs to user 0, and this is user 65534/)
  expect(existsSync(`/tmp/.java_pid${jvm.pid}`)).toBe(false)
})
