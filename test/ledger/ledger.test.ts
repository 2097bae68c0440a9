import { mkdtempSync, readdirSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import { prepareLedger } from '../../harness/ledger/ledger.js'
import { bootApp as boot } from '../../harness/run/boot.js'
import { bpf } from '../support/bpf.js'
import { compileJava, fixture, jdk, jdks } from '../support/java.js'
import { childOf } from '../support/processes.js'
import { judgeKinds, readKinds } from './kinds.js'
import { needing } from '../support/capability.js'

needing(bpf).for(jdks)(
  'every live descriptor of JDK $feature has a record, and every one with a Java creator names the method',
  async (jdk) => {
    const { expected, right, own, recorded, perKind, evidence } = judgeKinds(await readKinds(jdk, 'ebpf'))
    console.log(
      `ledger JDK ${jdk.feature}: records ${recorded.length}/${own.length}, right Java method ${right.length}/${expected.length}, lost ${evidence.lost}; ${perKind.join(', ')}`,
    )
    expect(expected.length).toBeGreaterThan(520)
    expect(expected.filter((each) => !right.includes(each))).toEqual([])
    expect(own.filter((each) => !recorded.includes(each))).toEqual([])
    expect(evidence).toMatchObject({ tracer: 'ebpf', lost: 0, note: null })
  },
)

needing(bpf)('bind, listen and connect have stacks of their own', async () => {
  const { entries } = await readKinds(jdk, 'ebpf', { kinds: ['net_sockets'] })
  const listener = entries.find(({ target }) => target.endsWith('listening') && target.startsWith('tcp'))
  const calls = (key: 'origin' | 'bound' | 'listened') => [
    listener?.[key]?.syscall,
    listener?.[key]?.java.find(({ class: name }) => name === 'Kinds')?.method,
  ]
  expect(calls('origin')).toEqual(['socket', 'open_net_sockets'])
  expect(calls('bound')).toEqual(['bind', 'open_net_sockets'])
  expect(calls('listened')).toEqual(['listen', 'open_net_sockets'])
  const client = entries.find(({ connected }) => connected !== null)
  expect(client?.connected?.java.map(({ method }) => method)).toContain('open_net_sockets')
  expect(client?.connected?.syscall).toBe('connect')
  expect(client?.peer).toBe(listener?.target.replace(/^tcp (.*) listening$/, '$1'))
})

const nothingToLoad = () => Promise.resolve({ code: 1, output: 'There is no JVM.' })

test('without a tracer the live table is still told, with the reason why nothing more is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  const plan = await (await prepareLedger('none')).launches(null, folder)
  expect(plan.needs(undefined)).toEqual({ jvmOptions: [], environment: {}, inherited: null })
  const ledger = await plan.launched(process.pid)
  const quiet = await ledger.quiet(nothingToLoad)
  const { entries, evidence } = await quiet.read(await ledger.capture(process.pid))
  expect(evidence).toMatchObject({ tracer: 'none', note: expect.stringMatching(/switched off/) })
  expect(entries.length).toBeGreaterThan(3)
  expect(entries.every(({ origin, missing }) => origin === null && missing !== null)).toBe(true)
})

needing(bpf)('a tracer that is killed leaves evidence "lost", and no origin at all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  const plan = await (await prepareLedger('ebpf')).launches(null, folder)
  const held = await holdProcess({
    command: ['sleep', '60'],
    cwd: folder,
    env: {},
    logFile: join(folder, 'log'),
  })
  const ledger = await plan.launched(held.pid)
  const app = held.release()
  const tracer = childOf(process.pid, 'fdtrace')
  process.kill(tracer, 'SIGKILL')
  const captured = await ledger.capture(app.pid)
  const { entries, evidence } = await (await ledger.quiet(nothingToLoad)).read(captured)
  expect(evidence.tracer).toBe('lost')
  expect(evidence.note).toBeTruthy()
  expect(entries.every(({ origin }) => origin === null)).toBe(true)
  await app.stop()
  await ledger.stop()
})

needing(bpf).for(jdks)(
  'what goes past libc, or is opened within it, names its Java method on JDK $feature, too',
  async (jdk) => {
    const { expected, right } = judgeKinds(
      await readKinds(jdk, 'ebpf', {
        kinds: ['native_inline', 'native_within_libc', 'native_inline_storm'],
        jvmOptions: ['-Xcheck:jni'],
      }),
    )
    expect(expected.length).toBe(10)
    expect(right).toEqual(expected)
  },
)

needing(bpf)('a recording that is cut is told, and costs no more than its own stacks', async () => {
  const { expected, right, evidence } = judgeKinds(
    await readKinds(jdk, 'both', {
      kinds: ['file_stream', 'net_sockets'],
      afterSilence: (folder) => {
        const [recording = ''] = readdirSync(folder).filter((name) => name.endsWith('.jfr'))
        truncateSync(join(folder, recording), 1000)
      },
    }),
  )
  expect(evidence.note).toMatch(
    /recording is damaged, so Java stacks are missing: The JFR chunk at byte 0 is cut/,
  )
  expect(evidence.lostSamples).toBeGreaterThan(0)
  expect(evidence.lost).toBe(0)
  // The other observer's stacks are still there.
  expect(expected.length).toBeGreaterThan(3)
  expect(right).toEqual(expected)
})

needing(bpf).for([
  ['another process', 'exec 7</etc/hostname; "$@"; true', /made by another process, bash \(pid \d+\)/],
  [
    'the program that it was before',
    'exec 7</etc/hostname; exec "$@"',
    /opened by bash, which this process was before/,
  ],
] as const)('a descriptor that the JVM has of %s says so', async ([, script, why]) => {
  const classes = compileJava('registered', [fixture('java/17/Registered.java')], 17)
  const app = await boot({
    command: ['bash', '-c', script, 'bash', jdk.java, '-cp', classes, 'Registered'],
    ready: { log: /READY/ },
  })
  try {
    const { entries } = await app.ledger()
    const entry = entries.find(({ fd }) => fd === 7)
    expect(entry).toMatchObject({ target: '/etc/hostname', origin: { thread: 'bash', java: [], native: [] } })
    expect(entry?.missing).toMatch(why)
  } finally {
    await app.stop()
  }
})
