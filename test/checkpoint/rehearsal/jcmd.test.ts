import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rehearse } from '../../../harness/checkpoint/rehearsal/rehearsal.js'
import { jcmd, loadAgent } from '../../../harness/jvm/attach.js'
import { probesFolder } from '../../../harness/host/package-root.js'
import { jdk, jdks } from '../../support/java.js'
import { notificationPrograms } from './programs/notification-programs.js'
import { sources } from './programs/rehearsal-programs.js'
import { cases, messages, workshopFor, type RehearsedApp, running } from './programs/rehearsed-app.js'

const agent = join(probesFolder, 'librehearsal.so')
const proxied = (options = 'jcmd'): string[] => [
  '-XX:+IgnoreUnrecognizedVMOptions',
  '-XX:+StartAttachListener',
  '-XX:+EnableDynamicAgentLoading',
  `-agentpath:${agent}=${options}`,
]
const newest = jdks.at(-1) ?? jdk
const each = jdks.map((one) => [one.feature, one] as const)

const workshop = workshopFor({ ...sources, ...notificationPrograms })

interface Said {
  code: number
  stdout: string
  stderr: string
}

/** The JDK's own tool, as a user's script calls it. */
const tool = (home: string, ...args: string[]): Promise<Said> =>
  new Promise((resolve) => {
    execFile(join(home, 'bin', 'jcmd'), args, { timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    )
  })

test.each(each)(
  'the unchanged command line of a CRaC JDK starts, and the unchanged jcmd is answered, on JDK %i',
  async (_feature, jdk) => {
    const commandLine = `-XX:CRaCCheckpointTo=cr -XX:CRaCEngine=simengine ${cases} Ssc`
    await running(
      workshop,
      commandLine,
      async (app) => {
        const { code, stdout, stderr } = await tool(jdk.home, 'Ssc', 'JDK.checkpoint')
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        expect(stdout.split('\n').slice(0, 3)).toEqual([
          `${app.pid}:`,
          'An exception during a checkpoint operation:',
          'jdk.internal.crac.mirror.CheckpointException',
        ])
        expect(stdout.match(/Suppressed: /g)).toHaveLength(1)
        expect(stdout).toContain(
          'CheckpointOpenSocketException: sun.nio.ch.ServerSocketChannelImpl[/127.0.0.1:',
        )
      },
      { jdk, options: proxied() },
    )
  },
)

test.each(each)(
  'an app that holds nothing passes as often as it is asked, on JDK %i',
  async (_feature, jdk) => {
    await running(
      workshop,
      `${cases} Hello`,
      async (app) => {
        for (let i = 0; i < 3; i++)
          expect(await tool(jdk.home, String(app.pid), 'JDK.checkpoint')).toEqual({
            code: 0,
            stdout: `${app.pid}:\nCR: Checkpoint ...\n`,
            stderr: '',
          })
      },
      { jdk, options: proxied('jcmd,cracVersion=21') },
    )
  },
)

test.each(each)('every other request goes to the JVM as before, on JDK %i', async (_feature, jdk) => {
  await running(
    workshop,
    `${cases} Hello`,
    async (app) => {
      const pid = String(app.pid)
      expect((await tool(jdk.home, pid, 'VM.version')).stdout).toContain(`JDK ${jdk.feature}`)
      expect((await tool(jdk.home, pid, 'Thread.print')).stdout).toContain('"main"')
      const unknown = await tool(jdk.home, pid, 'JDK.checkpoints')
      expect(unknown).toMatchObject({ code: 1 })
      expect(unknown.stdout + unknown.stderr).toContain('Unknown diagnostic command')
      // JDK.checkpoint takes none either, and one command is longer than what is read to know whom it is for.
      for (const words of ['VM.version now', 'JDK.checkpoint now', `VM.version ${'x'.repeat(900)}`]) {
        const { code, output } = await jcmd(app.pid, words)
        expect(code).toBe(-1)
        expect(output).toMatch(/The argument list of this diagnostic command should be empty/)
      }
    },
    { jdk, options: proxied() },
  )
})

test.each(each)(
  'the harness itself can ask through it, and nothing of it is in the verdict, on JDK %i',
  async (feature, jdk) => {
    await running(
      workshop,
      `${cases} Hello`,
      async (app) => {
        // A client that says nothing holds nobody up.
        const silent = connect(`/tmp/.java_pid${app.pid}`)
        const answer = await rehearse({
          load: (library, options) => loadAgent(app.pid, library, options),
          cracVersion: '25',
          folder: join(workshop.folder, '..'),
          timeoutMs: 30_000,
          jdkFeature: feature,
        })
        silent.destroy()
        expect(messages(answer)).toEqual([])
        const ours = [...answer.judgements.values()].filter(({ verdict }) => verdict === 'harness')
        expect(new Set(ours.map(({ rule }) => rule))).toEqual(new Set(['attach listener or its connection']))
        expect(ours.length).toBeGreaterThanOrEqual(5)
      },
      { jdk, options: proxied() },
    )
  },
)

test('an Error ends the checkpoint: exit code 1 and its text, as on a CRaC JDK', async () => {
  await running(
    workshop,
    `${cases} ResError`,
    async (app) => {
      const answer = await tool(newest.home, String(app.pid), 'JDK.checkpoint')
      expect(answer.code).toBe(1)
      expect(answer.stdout + answer.stderr).toContain('java.lang.AssertionError: an error')
    },
    { options: proxied() },
  )
})

test('jcmd is told of success although afterRestore fails, the app is told of that', async () => {
  await running(
    workshop,
    `${cases} RestoreFails`,
    async (app) => {
      const answer = await tool(newest.home, String(app.pid), 'JDK.checkpoint')
      expect(answer).toEqual({ code: 0, stdout: `${app.pid}:\nCommand executed successfully\n`, stderr: '' })
      expect(app.stderr).toContain('Suppressed: java.io.IOException: not again')
    },
    { options: proxied() },
  )
})

test('while a callback hangs, the JVM still prints its threads; then jcmd is told which it is', async () => {
  await running(
    workshop,
    `${cases} Hang`,
    async (app) => {
      const asked = tool(newest.home, String(app.pid), 'JDK.checkpoint')
      const hanging = async (): Promise<string> => (await jcmd(app.pid, 'Thread.print')).output
      await expect.poll(hanging, { timeout: 20_000 }).toContain('Hang.forever')
      const answer = await asked
      expect(answer.code).toBe(1)
      expect(answer.stdout + answer.stderr).toMatch(
        /beforeCheckpoint of Hang has not returned[^]*Hang\.forever/,
      )
    },
    { options: proxied('jcmd,timeoutMs=4000') },
  )
})

test('an app that has no descriptor left for the list of its own does not pass', async () => {
  const java = join(workshop.folder, 'java')
  writeFileSync(java, `#!/bin/sh\nulimit -n 128\nexec '${newest.java}' "$@"\n`, { mode: 0o755 })
  await running(
    workshop,
    `${cases} Hoard`,
    async (app) => {
      // The tool itself would ask for more than one connection.
      const { code, output } = await jcmd(app.pid, 'JDK.checkpoint')
      expect([code, output]).toEqual([-1, expect.stringContaining("descriptors can't be listed")])
    },
    { jdk: { ...newest, java }, options: proxied() },
  )
})

test('a JVM without an attach socket says what it needs, and runs', async () => {
  await running(
    workshop,
    `${cases} Hello`,
    async (app) => {
      await expect.poll(() => app.stderr, { timeout: 10_000 }).toContain('add -XX:+StartAttachListener')
      expect(await attachSockets(app)).toEqual([])
    },
    { options: proxied().filter((option) => !option.includes('StartAttachListener')) },
  )
})

test('it is off unless asked for, and leaves no socket behind', async () => {
  const pids: number[] = []
  for (const options of [proxied('cracVersion=25'), proxied()])
    await running(
      workshop,
      `${cases} Hello`,
      async (app) => {
        pids.push(app.pid)
        expect((await tool(newest.home, String(app.pid), 'VM.version')).code).toBe(0)
        expect(await attachSockets(app)).toHaveLength(options[3]?.endsWith('=jcmd') === true ? 2 : 1)
      },
      { options },
    )
  for (const pid of pids)
    for (const name of [`.java_pid${pid}`, `.java_pid${pid}.jvm`])
      expect(existsSync(join('/tmp', name))).toBe(false)
})

const attachSockets = (app: RehearsedApp): Promise<string[]> =>
  Promise.resolve(
    ['', '.jvm'].map((end) => `/tmp/.java_pid${app.pid}${end}`).filter((path) => existsSync(path)),
  )
