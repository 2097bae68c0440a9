import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadAgent } from '../../../../harness/jvm/attach.js'
import { prepareLedger } from '../../../../harness/ledger/ledger.js'
import { jdks, type Jdk } from '../../../support/java.js'
import { compileKeep, compileKinds, judgeKinds, nativeAccess, toKinds } from '../../kinds.js'

/** The program of all kinds opens them when the library has been put into its JVM, which runs already. */
async function readKindsLate(jdk: Jdk, jvmOptions: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'late-'))
  mkdirSync(join(folder, 'data'))
  const properties = [`-Ddir=${folder}/data`, `-Dnative=${compileKeep(jdk, folder)}`, '-Dreuse=20000']
  const program = ['-cp', compileKinds(jdk), 'After', 'Kinds']
  const options = [...nativeAccess(jdk), ...jvmOptions, ...properties, ...program]
  const child = spawn(jdk.java, options, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    let output = ''
    const says = (word: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (word.test(output)) resolve()
        }
        child.stdout.on('data', look)
        child.once('exit', (code) => {
          reject(new Error(`exit ${code}: ${output}`))
        })
      })
    child.stdout.on('data', (text) => (output += String(text)))
    await says(/^WAITING/m)
    const pid = child.pid ?? 0
    const load = (library: string, text: string) => loadAgent(pid, library, text)
    const prepared = await prepareLedger('preload', { situation: 'pid', known: { agents: null } })
    const ledger = await prepared.joins(folder).attached(pid, load)
    child.stdin.write('\n')
    await says(/^READY/m)
    const quiet = await ledger.quiet(load)
    const reading = await quiet.read(await ledger.capture(pid))
    await ledger.stop()
    return toKinds(reading, output)
  } finally {
    child.kill('SIGKILL')
  }
}

test.for(jdks)(
  'put into a running JVM $feature, the library records every descriptor and the right Java method',
  async (jdk) => {
    const { expected, right, own, recorded, perKind, evidence } = judgeKinds(
      await readKindsLate(jdk, ['-Xcheck:jni']),
    )
    console.log(
      `late JDK ${jdk.feature}: records ${recorded.length}/${own.length}, right Java method ${right.length}/${expected.length}, lost ${evidence.lost}; ${perKind.join(', ')}`,
    )
    expect(expected.length).toBeGreaterThan(520)
    expect(expected.filter((each) => !right.includes(each))).toEqual([])
    expect(own.filter((each) => !recorded.includes(each))).toEqual([])
    expect(evidence).toMatchObject({ tracer: 'preload', lost: 0, note: null })
  },
)
