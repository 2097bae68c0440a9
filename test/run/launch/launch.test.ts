import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { preflight } from '../../../harness/preflight.js'
import { inspectJava } from '../../../harness/jvm/java.js'
import { chooseEngine } from '../../../harness/run/launch/launch.js'
import { jdk } from '../../support/java.js'

test('a stock JDK is rehearsed, and one with CRaC asked itself, unless the user says otherwise', async () => {
  const stock = await inspectJava(jdk.java)
  const crac = { ...stock, crac: true }
  expect([chooseEngine('auto', stock), chooseEngine('auto', crac)]).toEqual(['rehearsal', 'crac'])
  expect([chooseEngine('rehearsal', stock), chooseEngine('crac', crac)]).toEqual(['rehearsal', 'crac'])
})

test('an engine that the JDK can’t have is refused with what to do', async () => {
  const stock = await inspectJava(jdk.java)
  expect(() => chooseEngine('crac', stock)).toThrow(
    /"crac" needs a CRaC JDK; .* is none\. Use --engine rehearsal/,
  )
  // A rehearsal there would end in a LinkageError inside the JDK.
  expect(() => chooseEngine('rehearsal', { ...stock, crac: true })).toThrow(
    /"rehearsal" is for a JDK without CRaC; .* has it, .* Leave --engine out/,
  )
})

test('a jar that is not built yet is said with what builds it, and nothing is started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unbuilt-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const told = async (command: string[]) => {
    const { failure, app } = await preflight({ command, cwd: folder }, { trace: 'none' })
    expect({ code: failure?.code, pid: app.pid }).toEqual({ code: 'APP_NOT_STARTED', pid: null })
    return failure?.message
  }
  const words = [jdk.java, '-Xmx64m', '-jar', 'orders/target/orders.jar', '-jar', 'no.jar']
  expect(await told(words)).toBe(
    `There is no orders/target/orders.jar in ${folder}. Build it first, or name the one that there is.`,
  )
  mkdirSync(join(folder, 'orders'))
  writeFileSync(join(folder, 'orders', 'pom.xml'), '<project/>')
  expect(await told(words)).toMatch(new RegExp(`Build it first: cd ${folder}/orders && mvn package$`))
  writeFileSync(join(folder, 'build.gradle'), '')
  writeFileSync(join(folder, 'gradlew'), '')
  expect(await told([jdk.java, '-jar', 'build/libs/a.jar'])).toMatch(/ && \.\/gradlew build$/)
})
