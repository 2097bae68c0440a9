/** A CRaC JDK's launcher stays where it is pid 1, and the JVM is its child: for the harness they are one app. */
import { existsSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { jcmd } from '../../harness/jvm/attach.js'
import { findJvms } from '../../harness/jvm/java.js'
import { preflight } from '../../harness/preflight.js'
import { bootApp as boot } from '../../harness/run/boot.js'
import { openWorkshop } from '../checkpoint/rehearsal/programs/rehearsed-app.js'
import { needing } from '../support/capability.js'
import { engine, image } from '../support/docker.js'
import { FORKS, forkingJdk } from '../support/forking-launcher.js'
import { compileJava, fixture, jdk, jdks } from '../support/java.js'

const workshop = openWorkshop()
afterAll(() => {
  workshop.remove()
})
const classes = compileJava('ends', [fixture('java/17/Ends.java')], 17)
const { java } = forkingJdk(jdk)
const ends = (...args: string[]) => ({
  command: [java, ...FORKS, '-cp', classes, 'Ends', ...args],
  ready: { log: /READY/ },
})

/** Whether it still runs; a zombie does not. */
const runs = (pid: number): Promise<boolean> => findJvms(pid).then((found) => found.includes(pid))

test('its exit status is the JVM’s', async () => {
  const report = await preflight(ends('exit', '7'))
  expect(report.failure).toMatchObject({
    code: 'APP_DIED',
    message: expect.stringContaining('The app ended (7)'),
  })
})

test('a JVM that is killed ends the app by that signal', async () => {
  const app = await boot(ends('wait'))
  const jvm = await app.jvm()
  expect(jvm).not.toBe(app.pid)
  process.kill(jvm, 'SIGKILL')
  expect(await app.exited).toBe('SIGKILL')
  await app.stop()
})

test('nor does the file of a JVM that was asked something and then killed stay behind', async () => {
  const app = await boot(ends('wait'))
  const jvm = await app.jvm()
  await jcmd(jvm, 'VM.version')
  expect(existsSync(`/tmp/.java_pid${jvm}`)).toBe(true)
  process.kill(jvm, 'SIGKILL')
  await app.exited
  await app.stop()
  expect(existsSync(`/tmp/.java_pid${jvm}`)).toBe(false)
})

test('an app that is stopped runs its shutdown hooks, and no JVM stays behind', async () => {
  const app = await boot(ends('wait'))
  const jvm = await app.jvm()
  await app.stop()
  expect(app.output).toContain('HOOK')
  expect(await runs(jvm)).toBe(false)
})

test('a checkpoint that the app asks for itself is read from the JVM', async () => {
  const report = await preflight({
    command: [java, ...FORKS, '-cp', workshop.jar, 'ApiFail'],
    cwd: workshop.folder,
    ready: { log: /never/ },
  })
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report.blockers).toMatchObject([{ kind: 'file', findings: [{ message: 'data.txt' }] }])
  expect(report.blockers[0]?.owner?.frame).toMatch(/^ApiFail\./)
})

const places = [
  ['as root', {}],
  ['as uid 1000 on a read-only root file system', { user: '1000', readOnly: true, tmpfs: { '/tmp': '' } }],
  ['below an init', { init: true }],
] as const

needing(engine).for(places)(
  'in a container it is pid 1, and every descriptor has its owner: %s',
  async ([, options]) => {
    const launcher = forkingJdk(jdks.at(-1) ?? jdk).java
    for (const trace of ['preload', 'auto'] as const) {
      let pids: number[] = []
      const report = await preflight(
        {
          image: image('root'),
          binds: [{ source: launcher, target: '/opt/java/bin/java', mode: 'ro' }],
          command: ['java', FORKS[0] ?? '', '-cp', '/app', 'leaks.Main', 'FileInput', 'Listener', 'Watch'],
          ready: { log: /^READY/ },
          ...options,
        },
        {
          trace,
          warmUp: async (app) => {
            pids = await findJvms(app.pid)
          },
        },
      )
      expect(report.failure).toBe(null)
      expect(report.evidence).toMatchObject({ lost: 0, withoutOrigin: 0 })
      expect(report.blockers.map(({ owner }) => owner?.frame ?? '').sort()).toEqual([
        'leaks.FileInput.open(FileInput.java:14)',
        'leaks.Listener.open(Listener.java:13)',
        'leaks.Watch.open(Watch.java:14)',
      ])
      expect(pids).toHaveLength(1)
      if (!('init' in options)) expect(pids).not.toContain(report.app.pid)
    }
  },
)
