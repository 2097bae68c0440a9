import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holdProcess } from '../../harness/app/process.js'
import { Ledger } from '../../harness/ledger/ledger.js'
import { bpfRefusal } from '../support/bpf.js'
import { jdk, jdks } from '../support/java.js'
import { judgeKinds, readKinds } from './kinds.js'

test.skipIf(bpfRefusal).for(jdks)(
  'every live descriptor of JDK $feature has a record, and every one with a Java creator names the method',
  async (jdk) => {
    const { expected, right, own, recorded, evidence } = judgeKinds(await readKinds(jdk, 'ebpf'))
    console.log(
      `ledger JDK ${jdk.feature}: records ${recorded.length}/${own.length}, right Java method ${right.length}/${expected.length}, lost ${evidence.lost}`,
    )
    expect(expected.length).toBeGreaterThan(450)
    expect(expected.filter((each) => !right.includes(each))).toEqual([])
    expect(own.filter((each) => !recorded.includes(each))).toEqual([])
    expect(evidence).toMatchObject({ tracer: 'ebpf', lost: 0, note: null })
  },
)

test.skipIf(bpfRefusal)('bind, listen and connect have stacks of their own', async () => {
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
  expect(client?.connected?.syscall).toBe('connect')
  expect(client?.peer).toBe(listener?.target.replace(/^tcp (.*) listening$/, '$1'))
})

test('without a tracer the live table is still told, with the reason why nothing more is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  const ledger = await Ledger.prepare(folder, 'none')
  expect(ledger.jvmOptions).toEqual([])
  const { entries, evidence } = await ledger.read(await ledger.capture(process.pid))
  expect(evidence).toMatchObject({ tracer: 'none', note: expect.stringMatching(/switched off/) })
  expect(entries.length).toBeGreaterThan(3)
  expect(entries.every(({ origin, missing }) => origin === null && missing !== null)).toBe(true)
})

test.skipIf(bpfRefusal)('a tracer that is killed leaves evidence "lost", and no origin at all', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
  const ledger = await Ledger.prepare(folder, 'ebpf')
  const held = await holdProcess({
    command: ['sleep', '60'],
    cwd: folder,
    env: {},
    logFile: join(folder, 'log'),
  })
  await ledger.observe(held.pid)
  const app = held.release()
  const tracer = childOf(process.pid, 'fdtrace')
  process.kill(tracer, 'SIGKILL')
  const { entries, evidence } = await ledger.read(await ledger.capture(app.pid))
  expect(evidence.tracer).toBe('lost')
  expect(evidence.note).toBeTruthy()
  expect(entries.every(({ origin }) => origin === null)).toBe(true)
  await app.stop()
  await ledger.stop()
})

function childOf(parent: number, comm: string): number {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      if (stat.includes(`(${comm})`) && Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) === parent)
        return Number(name)
    } catch {
      // It has ended.
    }
  throw new Error(`Process ${parent} has no child ${comm}.`)
}
