import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forLibc } from '../../../../harness/host/probe-folders.js'
import { loadAgent } from '../../../../harness/jvm/attach.js'
import { prepareLedger } from '../../../../harness/ledger/ledger.js'
import { library } from '../../../../harness/ledger/observers/preload/preload.js'
import { readDump } from '../../../../harness/ledger/observers/preload/preload-dump.js'
import { needing } from '../../../support/capability.js'
import { compileJava, fixture, jdk, jdkOf, jdks, muslJvm, onMusl, type Jdk } from '../../../support/java.js'
import { compileKeep, compileKinds, judgeKinds, nativeAccess, toKinds } from '../../kinds.js'
import { endJvm } from '../../../support/end-jvm.js'

/** A JVM that runs already; `says` resolves with what it has printed when that matches. */
function start(jdk: Jdk, options: string[], cwd: string) {
  const child = spawn(jdk.java, options, { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (text) => (output += String(text)))
  const says = (word: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (word.test(output)) resolve(output)
      }
      child.stdout.on('data', look)
      child.once('exit', (code, signal) => {
        reject(new Error(`exit ${code ?? signal ?? ''}: ${output}`))
      })
      look()
    })
  const pid = child.pid ?? 0
  const load = (library: string, text: string) =>
    loadAgent(pid, forLibc(library, jdk === muslJvm ? 'musl' : 'glibc'), text)
  return { child, pid, says, load }
}

/** The program of all kinds opens them when the library has been put into its JVM. */
async function readKindsLate(jdk: Jdk, jvmOptions: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'late-'))
  mkdirSync(join(folder, 'data'))
  const properties = [`-Ddir=${folder}/data`, `-Dnative=${compileKeep(jdk, folder)}`, '-Dreuse=20000']
  const program = ['-cp', compileKinds(jdk), 'After', 'Kinds']
  const options = [...nativeAccess(jdk), ...jvmOptions, ...properties, ...program]
  const { child, pid, says, load } = start(jdk, options, folder)
  try {
    await says(/^WAITING/m)
    const prepared = await prepareLedger('preload', { situation: 'pid', known: { agents: null } })
    const ledger = await prepared.joins(folder).attached(pid, load)
    child.stdin.write('\n')
    const output = await says(/^READY/m)
    const quiet = await ledger.quiet(load)
    const reading = await quiet.read(await ledger.capture(pid))
    await ledger.stop()
    return toKinds(reading, output)
  } finally {
    await endJvm(child)
  }
}

test.for(jdks)(
  'put into a running JVM $feature, the library records every descriptor and the right Java method',
  (jdk) => recordsAll(jdk, `JDK ${jdk.feature}`),
)

needing(onMusl)('so it does in a running JVM on musl', () => recordsAll(muslJvm, 'JDK 17 on musl'))

async function recordsAll(jdk: Jdk, name: string): Promise<void> {
  const { expected, right, own, recorded, perKind, evidence } = judgeKinds(
    await readKindsLate(jdk, ['-Xcheck:jni']),
  )
  console.log(
    `late ${name}: records ${recorded.length}/${own.length}, right Java method ${right.length}/${expected.length}, lost ${evidence.lost}; ${perKind.join(', ')}`,
  )
  expect(expected.length).toBeGreaterThan(520)
  expect(expected.filter((each) => !right.includes(each))).toEqual([])
  expect(own.filter((each) => !recorded.includes(each))).toEqual([])
  expect(evidence).toMatchObject({ tracer: 'preload', lost: 0, note: null })
}

/** Each takes as long as two requests to the JVM. */
const ROUNDS = process.env.PREFLIGHT_STRESS === '1' ? 500 : 20

needing(jdkOf(25))(
  'hooks come and go while libraries are loaded and unloaded and threads open files',
  async () => {
    const jdk25 = jdks.find(({ feature }) => feature === 25) ?? jdk
    const folder = mkdtempSync(join(tmpdir(), 'loads-'))
    const classes = compileJava('loads', [fixture('java/25/Loads.java')], 25)
    const options = [...nativeAccess(jdk25), '-Xcheck:jni', `-Dnative=${compileKeep(jdk25, folder)}`]
    const { child, says, load } = start(jdk25, [...options, '-cp', classes, 'Loads'], folder)
    try {
      await says(/^READY/m)
      for (let round = 0; round < ROUNDS; round++) {
        expect(await load(library, 'begin')).toMatchObject({ code: 0 })
        const dumped = join(folder, 'dump.jsonl')
        if (round % 10 === 0) {
          expect(await load(library, `since=0,dump=${dumped}`)).toMatchObject({ code: 0 })
          const { records } = readDump(readFileSync(dumped, 'utf8'))
          expect(records.length).toBeGreaterThan(0)
        }
        expect(await load(library, 'end')).toMatchObject({ code: 0 })
      }
      child.stdin.write('\n')
      const [, loaded, opened] = /^DONE (\d+) (\d+)/m.exec(await says(/^DONE/m)) ?? []
      console.log(`late: ${ROUNDS} rounds, ${loaded} libraries loaded, ${opened} files opened`)
      expect(Number(loaded)).toBeGreaterThan(ROUNDS)
      expect(Number(opened)).toBeGreaterThan(ROUNDS)
      expect(await says(/^DONE/m)).not.toMatch(/FAILED|WARNING in native method/)
    } finally {
      await endJvm(child)
    }
  },
)
