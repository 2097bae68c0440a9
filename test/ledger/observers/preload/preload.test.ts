import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packageRoot } from '../../../../harness/host/package-root.js'
import { reportSchema } from '../../../../harness/model/report.js'
import { bpf } from '../../../support/bpf.js'
import { FORKS, forkingJdk } from '../../../support/forking-launcher.js'
import { jdk, jdks } from '../../../support/java.js'
import { judgeKinds, readKinds } from '../../kinds.js'
import { needing, root } from '../../../support/capability.js'

test.for(jdks)(
  'without any privilege every live descriptor of JDK $feature has a record and names the right method',
  async (jdk) => {
    const { expected, right, own, recorded, perKind, evidence } = judgeKinds(await readKinds(jdk, 'preload'))
    console.log(
      `preload JDK ${jdk.feature}: records ${recorded.length}/${own.length}, right Java method ${right.length}/${expected.length}, lost ${evidence.lost}; ${perKind.join(', ')}`,
    )
    expect(expected.length).toBeGreaterThan(520)
    expect(expected.filter((each) => !right.includes(each))).toEqual([])
    expect(own.filter((each) => !recorded.includes(each))).toEqual([])
    expect(evidence).toMatchObject({ tracer: 'preload', lost: 0, note: null })
  },
)

needing(bpf).for(jdks)(
  'the kernel and the preloaded library tell the same of every descriptor of JDK $feature',
  async (jdk) => {
    const { expected, right, evidence, differences } = judgeKinds(await readKinds(jdk, 'both'))
    const unexplained = differences.filter(({ explanation }) => explanation === null)
    console.log(
      `both JDK ${jdk.feature}: right Java method ${right.length}/${expected.length}, ${differences.length} differences, ${unexplained.length} unexplained`,
    )
    expect(expected.length).toBeGreaterThan(520)
    expect(expected.filter((each) => !right.includes(each))).toEqual([])
    expect(unexplained).toEqual([])
    expect(evidence.tracer).toBe('both')
  },
)

needing(bpf).for(jdks)(
  'a launcher that forks, as a CRaC JDK’s does where it is pid 1, changes nothing of what is told: JDK $feature',
  async (each) => {
    const read = await readKinds(forkingJdk(each), 'both', { jvmOptions: FORKS })
    const { expected, right, own, recorded, evidence } = judgeKinds(read)
    console.log(
      `forking launcher JDK ${each.feature}: records ${recorded.length}/${own.length}, right Java method ${right.length}/${expected.length}, lost ${evidence.lost}`,
    )
    expect(expected.length).toBeGreaterThan(520)
    expect(expected.filter((entry) => !right.includes(entry))).toEqual([])
    expect(own.filter((entry) => !recorded.includes(entry))).toEqual([])
    expect(evidence).toMatchObject({ tracer: 'both', lost: 0 })
  },
)

test('nor where only the library watches', async () => {
  const { expected, right, own, recorded, evidence } = judgeKinds(
    await readKinds(forkingJdk(jdk), 'preload', { jvmOptions: FORKS }),
  )
  expect(expected.length).toBeGreaterThan(520)
  expect(right).toEqual(expected)
  expect(recorded).toEqual(own)
  expect(evidence).toMatchObject({ tracer: 'preload', lost: 0, note: null })
})

test.for(['Serial', 'Parallel', 'G1', 'Z'])(
  'the collector does not matter: %s',
  { timeout: 60_000 },
  async (collector) => {
    const { expected, right, own, recorded } = judgeKinds(
      await readKinds(jdks.at(-1) ?? jdk, 'preload', {
        kinds: ['file_stream', 'nio_sockets', 'many_threads', 'storm', 'jit_loop'],
        jvmOptions: [`-XX:+Use${collector}GC`, '-Xmx64m', '-Xcheck:jni'],
      }),
    )
    expect(right.length).toBe(expected.length)
    expect(right.length).toBeGreaterThan(400)
    expect(recorded).toEqual(own)
  },
)

test('bind, listen and connect have stacks of their own without any privilege', async () => {
  const { entries } = await readKinds(jdk, 'preload', { kinds: ['net_sockets'] })
  const listener = entries.find(({ target }) => target.endsWith('listening') && target.startsWith('tcp'))
  for (const [key, call] of [
    ['origin', 'socket'],
    ['bound', 'bind'],
    ['listened', 'listen'],
  ] as const) {
    expect(listener?.[key]?.syscall).toBe(call)
    expect(listener?.[key]?.java.map(({ method }) => method)).toContain('open_net_sockets')
  }
  expect(entries.find(({ connected }) => connected !== null)?.connected?.syscall).toBe('connect')
  // What the JVM opened before there was any Java has the native frames that opened it.
  expect(entries.find(({ target }) => target.endsWith('/lib/modules'))?.origin?.native.join()).toMatch(
    /JNI_CreateJavaVM/,
  )
})

test.for(['VFORK', 'FORK', 'POSIX_SPAWN'])(
  'a child that closes what it inherits leaves the records of its parent alone: %s',
  async (mechanism) => {
    const { expected, right, own, recorded } = judgeKinds(
      await readKinds(jdk, 'preload', {
        kinds: ['file_stream', 'nio_sockets', 'process', 'pipe'],
        jvmOptions: [`-Djdk.lang.Process.launchMechanism=${mechanism}`],
      }),
    )
    expect(expected.length).toBeGreaterThan(8)
    expect(right).toEqual(expected)
    expect(recorded).toEqual(own)
  },
)

test('an app that drops the library ends in evidence "lost", never in an origin', async () => {
  // Without LD_PRELOAD the agent finds that it is not preloaded, and refuses to tell anything.
  const { entries, evidence } = await readKinds(jdk, 'preload', {
    kinds: ['file_stream'],
    preload: false,
  })
  expect(evidence).toMatchObject({ tracer: 'lost', note: expect.stringMatching(/did not write its records/) })
  expect(entries.every(({ origin }) => origin === null)).toBe(true)
})

const run = promisify(execFile)

needing(root)(
  'a user without any capability gets the Java line of a listener',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nobody-'))
    chownSync(folder, 65534, 65534)
    const file = join(folder, 'report.json')
    const drop = [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      '--bounding-set=-all',
      '--inh-caps=-all',
    ]
    const check = [
      join(packageRoot, 'dist/harness/cli/main.js'),
      'check',
      '--ready',
      'log=/READY/',
      '--json',
      file,
    ]
    const app = [
      join(packageRoot, 'scenarios/grizzly-felix/target/grizzly-felix.jar'),
      join(folder, 'cache'),
      '0',
    ]
    const { code } = await run(
      'setpriv',
      [...drop, '--no-new-privs', process.execPath, ...check, '--', jdk.java, '-jar', ...app],
      { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: folder, TMPDIR: folder } },
    ).then(
      () => ({ code: 0 }),
      (error: unknown) => error as { code: number },
    )
    expect(code).toBe(1)
    const report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    expect(report.verdict).toBe('blocked')
    expect(report.evidence).toMatchObject({
      tracer: 'preload',
      lost: 0,
      note: expect.stringMatching(/^preload: /),
    })
    const listener = report.blockers.find(({ kind }) => kind === 'listening-socket')
    expect(listener?.owner?.frame).toMatch(
      /^org\.glassfish\.grizzly\..*\.bindToChannelAndAddress\(\w+\.java:\d+\)$/,
    )
  },
)
