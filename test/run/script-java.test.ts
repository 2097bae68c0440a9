/** A script may run another java than the one that JAVA_HOME or PATH has: that shows when its JVM is up. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { preflight } from '../../harness/preflight.js'
import { cracJdk } from '../support/forking-launcher.js'
import { compileJava, fixture, jdk } from '../support/java.js'

const classes = compileJava('leaky', [fixture('java/17/Leaky.java')], 17)
const crac = cracJdk(jdk, 'script')
const folder = mkdtempSync(join(tmpdir(), 'script-java-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Checks a script that has chosen its java by itself. */
function check(runs: string, expected: string, engine: 'auto' | 'crac' = 'auto') {
  const script = join(folder, 'start.sh')
  writeFileSync(script, `#!/bin/sh\nexec '${runs}' -cp '${classes}' Leaky\n`)
  chmodSync(script, 0o755)
  const app = { command: [script], env: { JAVA_HOME: expected }, ready: { log: /READY/ } }
  return preflight(app, { engine, trace: 'preload' })
}

test('a stock JDK that was taken for a CRaC JDK is rehearsed', async () => {
  const report = await check(jdk.java, crac.home)
  expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
  expect(report).toMatchObject({ engine: { name: 'rehearsal' }, jvm: { crac: false } })
  expect(report.blockers[0]?.owner?.frame).toMatch(/^Leaky\.open\(Leaky\.java:/)
})

test('a stock JDK is not asked as a CRaC JDK, where that is what the user wants', async () => {
  await expect(check(jdk.java, crac.home, 'crac')).rejects.toThrow(`needs a CRaC JDK; ${jdk.home}`)
})

test('for a CRaC JDK that was started with the options of a stock one it is too late', async () => {
  const report = await check(crac.java, jdk.home)
  expect(report).toMatchObject({ verdict: 'failed', failure: { code: 'ENGINE_REFUSED' } })
  expect(report.failure?.message).toContain(`Set JAVA_HOME=${crac.home} for the check.`)
  // What is known of a run that came to no verdict is told all the same.
  expect(report.jvm.version).toMatch(/^\d+/)
  expect(report).toMatchObject({ engine: { name: 'rehearsal', cracVersion: '25' } })
})
