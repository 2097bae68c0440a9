import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { attach, jcmd, loadAgent } from '../../harness/jvm/attach.js'
import { AttachError } from '../../harness/errors.js'
import { compileJava, fixture, jdk, jdks } from '../support/java.js'

const classes = compileJava('hold', [fixture('java/17/Waits.java')], 17)
const started: ChildProcess[] = []

async function start(command: string, args: string[]): Promise<number> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  started.push(child)
  await once(child.stdout, 'data')
  return child.pid ?? 0
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
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

test('a process that has ended is said to have ended', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  await expect(jcmd(child.pid ?? 0, 'VM.version')).rejects.toThrow(/has ended/)
})

test('an argument that the JVM would cut is refused before it is sent', async () => {
  await expect(attach(1, 'load', ['x'.repeat(2000)])).rejects.toBeInstanceOf(AttachError)
})

test('an answer that does not come ends in a time-out', async () => {
  const pid = await start(jdk.java, ['-cp', classes, 'Waits'])
  await jcmd(pid, 'VM.version')
  process.kill(pid, 'SIGSTOP')
  await expect(jcmd(pid, 'VM.version', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'ATTACH_TIMEOUT' })
  process.kill(pid, 'SIGCONT')
})
