import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { checkpoint } from '../../../harness/checkpoint/crac/crac.js'
import type { CracRequest } from '../../../harness/checkpoint/crac/request.js'
import { jcmd } from '../../../harness/jvm/attach.js'
import { isJvm } from '../../../harness/jvm/java.js'
import { compileJava, fixture, jdk } from '../../support/java.js'

const classes = compileJava('hold', [fixture('java/17/Waits.java')], 17)
const started: ChildProcess[] = []

/** What a CRaC JDK up to 17 and CRIU leave in the folder before there is an image. */
const UNFINISHED = ['perfdata', 'cppath', 'dump4.log', 'core-1.img', 'pages-1.img']
const IMAGE = [...UNFINISHED, 'inventory.img']

afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
})

/** A JVM to ask; `happens` is what becomes of it as it is asked, and a text is what it answers. */
async function asked(
  happens: (pid: number) => string | undefined,
  also: Partial<CracRequest> & { engine?: string } = {},
): Promise<CracRequest> {
  const child = spawn(jdk.java, ['-cp', classes, 'Waits'], { stdio: ['pipe', 'pipe', 'ignore'] })
  started.push(child)
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  await once(child.stdout, 'data')
  const pid = child.pid ?? 0
  return {
    jcmd: async (command) => {
      if (command === 'VM.flags' && also.engine !== undefined)
        return { code: 0, output: `-XX:CREngine=${also.engine} ` }
      const said = command === 'JDK.checkpoint' ? happens(pid) : undefined
      return said === undefined ? await jcmd(pid, command, { timeoutMs: 1000 }) : { code: 0, output: said }
    },
    appOutputSince: () => Promise.resolve(''),
    imageFiles: () => Promise.resolve(UNFINISHED),
    exited,
    alive: () => isJvm(pid),
    timeoutMs: 1000,
    ...also,
  }
}

const kill = (pid: number): undefined => void process.kill(pid, 'SIGKILL')
const killSaying = (output: string) => (pid: number) => {
  kill(pid)
  return output
}

/** Its threads stop one after another. */
function stop(pid: number): undefined {
  process.kill(pid, 'SIGSTOP')
  const isStopped = (tid: string) => readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8').includes(') T')
  while (!readdirSync(`/proc/${pid}/task`).every(isStopped));
}

test('a JVM that hangs while it is asked is no checkpoint, whatever lies in the folder', async () => {
  const request = await asked(stop, {
    imageFiles: () => Promise.resolve(IMAGE),
  })
  await expect(checkpoint(request)).rejects.toMatchObject({ code: 'ATTACH_TIMEOUT' })
})

test('a JVM that is killed while it is asked is a checkpoint only with a complete image', async () => {
  await expect(checkpoint(await asked(kill))).rejects.toMatchObject({
    code: 'ENGINE_NO_ANSWER',
    message: expect.stringMatching(/ended \(SIGKILL\).* no complete image/),
  })
  const imageFiles = () => Promise.resolve(IMAGE)
  expect(await checkpoint(await asked(kill, { imageFiles }))).toMatchObject({ outcome: 'passed' })
})

test.for(['CR: Checkpoint ...', 'Command executed successfully'])(
  'a JVM that is killed after its answer "%s" is a checkpoint only with a complete image',
  async (said) => {
    await expect(checkpoint(await asked(killSaying(said)))).rejects.toThrow(/no complete image/)
    const imageFiles = () => Promise.resolve(IMAGE)
    const answer = await checkpoint(await asked(killSaying(said), { imageFiles }))
    expect(answer).toMatchObject({ outcome: 'passed', findings: [] })
  },
)

test('a container that the kernel killed for its memory is no checkpoint', async () => {
  const request = await asked(killSaying('CR: Checkpoint ...'), {
    imageFiles: () => Promise.resolve(IMAGE),
    exited: Promise.resolve('137: out of memory, killed by the kernel'),
  })
  await expect(checkpoint(request)).rejects.toThrow(/ended \(137: out of memory/)
})

test('a JVM whose engine only simulates goes on: one that is killed gave no answer', async () => {
  const request = await asked(killSaying('CR: Checkpoint ...'), {
    engine: 'simengine',
    imageFiles: () => Promise.resolve(IMAGE),
  })
  await expect(checkpoint(request)).rejects.toMatchObject({
    code: 'ENGINE_NO_ANSWER',
    message: expect.stringContaining('ended (SIGKILL)'),
  })
})

test('the JVM’s answer is no success before a real engine has run: one that fails later refuses', async () => {
  let looked = 0
  const failure = [
    'criu dump: Operation not permitted',
    'JVM: invalid info for restore provided: queued code -1',
    'An exception during a checkpoint operation:',
    'jdk.internal.crac.mirror.CheckpointException',
    '\tSuppressed: java.lang.RuntimeException: Native checkpoint failed.',
  ]
  const request = await asked(() => 'CR: Checkpoint ...', {
    engine: 'criuengine',
    // Line by line, as it is printed.
    appOutputSince: () => Promise.resolve(failure.slice(0, looked++).join('\n')),
    timeoutMs: 10_000,
  })
  const answer = await checkpoint(request)
  expect(answer).toMatchObject({ outcome: 'refused' })
  expect(answer.output).toContain('Native checkpoint failed')
})

test('an engine that neither ends the JVM nor fails gives no answer', async () => {
  await expect(checkpoint(await asked(() => 'CR: Checkpoint ...'))).rejects.toMatchObject({
    code: 'ENGINE_TIMEOUT',
  })
})
