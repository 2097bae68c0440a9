import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { attach, jcmd, loadAgent } from '../../harness/jvm/attach.js'
import type { Host } from '../../harness/host/host.js'
import { localHost } from '../../harness/host/local-host.js'
import { packageRoot } from '../../harness/host/package-root.js'
import { AttachError } from '../../harness/model/errors.js'
import { needing, root } from '../support/capability.js'
import { compileJava, fixture, jdk, jdks } from '../support/java.js'
import { endJvm } from '../support/end-jvm.js'

const classes = compileJava('hold', [fixture('java/17/Waits.java')], 17)
const started: ChildProcess[] = []

async function start(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: { ...process.env, ...env },
  })
  started.push(child)
  await once(child.stdout, 'data')
  return child.pid ?? 0
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL')
    await endJvm(child)
  }
})

test.for(jdks)(
  'a diagnostic command is answered without a jcmd binary, JDK $feature',
  async ({ java, feature }) => {
    const pid = await start(java, ['-cp', classes, 'Waits'])
    const { code, output } = await jcmd(pid, 'VM.version')
    expect(code).toBe(0)
    expect(output).toContain(`JDK ${feature}.`)
  },
)

test('the trigger file is gone once the JVM listens', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  await jcmd(pid, 'VM.version')
  expect(existsSync(`/tmp/.attach_pid${pid}`)).toBe(false)
  expect(existsSync(`/tmp/.java_pid${pid}`)).toBe(true)
})

test('a command that the JVM does not know has a code of its own', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  const { code, output } = await jcmd(pid, 'JDK.checkpoint')
  expect(code).not.toBe(0)
  expect(output).toContain('Unknown diagnostic command')
})

test('an agent that does not exist is told from one that was loaded', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  const { code, output } = await loadAgent(pid, '/no/such/agent.so', '')
  expect(code).toBe(-1)
  expect(output).toContain('/no/such/agent.so')
})

test('a process that is no JVM is not sent SIGQUIT', async () => {
  const pid = await start('sh', ['-c', 'echo up; sleep 60 & wait'])
  await expect(jcmd(pid, 'VM.version', { timeoutMs: 300 })).rejects.toThrow(/no HotSpot JVM/)
  expect(started[0]?.exitCode).toBe(null)
})

test('a disabled attach mechanism is named, and the app prints no thread dump', async () => {
  const pid = await start(jdk.java, ['-XX:+DisableAttachMechanism', '-cp', classes, 'Waits'])
  let printed = ''
  started[0]?.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  await expect(jcmd(pid, 'VM.version')).rejects.toThrow(/-XX:\+DisableAttachMechanism/)
  expect(printed).not.toContain('Full thread dump')
})

test.for(jdks)('it is named wherever the option comes from, JDK $feature', async ({ java }) => {
  const folder = mkdtempSync(join(tmpdir(), 'disabled-'))
  const file = join(folder, 'options')
  writeFileSync(file, '-XX:+DisableAttachMechanism\n')
  const flags = join(folder, 'flags')
  writeFileSync(flags, '+DisableAttachMechanism\n')
  const ways: [string[], Record<string, string>][] = [
    [[`@${file}`], {}],
    [[`-XX:VMOptionsFile=${file}`], {}],
    [[`-XX:Flags=${flags}`], {}],
    [[], { JAVA_TOOL_OPTIONS: '-Xmx64m -XX:+DisableAttachMechanism' }],
    [['-XX:-UsePerfData'], { _JAVA_OPTIONS: '-XX:+DisableAttachMechanism' }],
  ]
  for (const [options, env] of ways) {
    const pid = await start(java, [...options, '-cp', classes, 'Waits'], env)
    await expect(jcmd(pid, 'VM.version')).rejects.toMatchObject({ code: 'ATTACH_DISABLED' })
  }
  // The last one counts.
  const enabled = await start(java, ['-XX:-DisableAttachMechanism', '-cp', classes, 'Waits'], {
    JAVA_TOOL_OPTIONS: '-XX:+DisableAttachMechanism',
  })
  expect((await jcmd(enabled, 'VM.version')).code).toBe(0)
})

/** A program that listens in the JVM's place, and says that all is well. */
async function impostor(pid: number, mode: number, options: SpawnOptions = {}): Promise<void> {
  const program = `
    import { createServer } from 'node:net'
    import { chmodSync } from 'node:fs'
    const path = '/tmp/.java_pid${pid}'
    createServer((each) => each.on('error', () => undefined).end('0\\nall is well')).listen(path, () => { chmodSync(path, ${mode}); console.log('up') })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    ...options,
  })
  started.push(child)
  await once(child.stdout!, 'data')
}

test('a process of the same user that listens in the JVM’s place is not believed', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  await impostor(pid, 0o600)
  await expect(jcmd(pid, 'VM.version')).rejects.toThrow(/is not the one of process .*another process/s)
  rmSync(`/tmp/.java_pid${pid}`)
  expect((await jcmd(pid, 'VM.version')).code).toBe(0)
})

test('a socket that a killed JVM of the same number has left is none', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  await impostor(pid, 0o600)
  const other = started.pop()!
  process.kill(-(other.pid ?? 0), 'SIGKILL')
  await once(other, 'exit')
  expect(existsSync(`/tmp/.java_pid${pid}`)).toBe(true)
  expect((await jcmd(pid, 'VM.version')).code).toBe(0)
})

test('who has asked may end at once', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  const module = join(packageRoot, 'dist/harness/jvm/attach.js')
  const program = `import { jcmd } from ${JSON.stringify(module)}; await jcmd(${pid}, 'VM.version')`
  const asking = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' })
  expect(await once(asking, 'exit', { signal: AbortSignal.timeout(20_000) })).toEqual([0, null])
})

test('a socket that others may write to is not trusted, even the JVM’s own', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  await jcmd(pid, 'VM.version')
  chmodSync(`/tmp/.java_pid${pid}`, 0o622)
  await expect(jcmd(pid, 'VM.version')).rejects.toMatchObject({ code: 'ATTACH_REFUSED' })
})

needing(root)('a socket of another user is refused, and stays', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  const socket = `/tmp/.java_pid${pid}`
  await impostor(pid, 0o600, { uid: 65534, gid: 65534 })
  await expect(jcmd(pid, 'VM.version')).rejects.toThrow(/is of another user/)
  expect(existsSync(socket)).toBe(true)
  rmSync(socket)
  // Nor is a trigger of another user's removed: there is a second place for one.
  const trigger = `/tmp/.attach_pid${pid}`
  writeFileSync(trigger, '')
  chownSync(trigger, 65534, 65534)
  expect((await jcmd(pid, 'VM.version')).code).toBe(0)
  expect(existsSync(trigger)).toBe(true)
  rmSync(trigger)
})

test('a process that has ended is said to have ended', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  await expect(jcmd(child.pid ?? 0, 'VM.version')).rejects.toThrow(/has ended/)
})

const stateOf = (task: string): string | undefined => /\) (.)/.exec(readFileSync(`${task}/stat`, 'utf8'))?.[1]

/** A JVM whose parent never learns that it has ended, so that it stays a zombie. */
async function startUnreaped(): Promise<number> {
  const script = '"$@" & echo $! >&3; exec sleep 600'
  const child = spawn('sh', ['-c', script, 'sh', jdk.java, '-cp', classes, 'Waits'], {
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
    detached: true,
  })
  started.push(child)
  const [, stdout, , pids] = child.stdio as Readable[]
  if (stdout === undefined || pids === undefined) throw new Error('the shell has no pipes')
  const [pid] = (await once(pids, 'data')) as [Buffer]
  await once(stdout, 'data')
  return Number(pid)
}

const starts = {
  'is reaped': () => start(jdk.java, ['-cp', classes, 'Waits']),
  'stays a zombie': startUnreaped,
}

test.for(['create', 'kill'] as const)(
  'a JVM that ends between the look at it and its `%s` is gone, and has refused nothing',
  async (moment) => {
    for (const [what, begin] of Object.entries(starts)) {
      const pid = await begin()
      const end = async () => {
        process.kill(pid, 'SIGKILL')
        while (existsSync(`/proc/${pid}/root`)) await nextTurn()
      }
      const before = {
        create: (...args: Parameters<Host['create']>) => end().then(() => localHost.create(...args)),
        kill: (...args: Parameters<Host['kill']>) => end().then(() => localHost.kill(...args)),
      }
      const host = { ...localHost, [moment]: before[moment] }
      await expect.soft(jcmd(pid, 'VM.version', { host, timeoutMs: 2000 }), what).rejects.toMatchObject({
        code: 'ATTACH_GONE',
        message: `Process ${pid} has ended.`,
      })
    }
  },
)

test('an argument that the JVM would cut is refused before it is sent', async () => {
  await expect(attach(1, 'load', ['x'.repeat(2000)])).rejects.toBeInstanceOf(AttachError)
})

test('an answer that does not come ends in a time-out', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  await jcmd(pid, 'VM.version')
  process.kill(pid, 'SIGSTOP')
  // Its threads stop one after another.
  const states = () => readdirSync(`/proc/${pid}/task`).map((tid) => stateOf(`/proc/${pid}/task/${tid}`))
  while (!states().every((state) => state === 'T')) await nextTurn()
  await expect(jcmd(pid, 'VM.version', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'ATTACH_TIMEOUT' })
  process.kill(pid, 'SIGCONT')
})
