import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findExecutable } from '../../harness/host/executable.js'
import { findJvms, flagNames, inspectJava, isJavaLauncher } from '../../harness/jvm/java.js'
import { jdk, jdks } from '../support/java.js'

test.for(jdks)(
  'a stock JDK $feature is known by its release file and is no CRaC JDK',
  async ({ java, feature, home }) => {
    expect(await inspectJava(java)).toMatchObject({
      feature,
      home,
      crac: false,
      version: expect.stringMatching(/^\d+\./),
    })
  },
)

test('a CRaC JDK is known by the module in its release file, or by its engine', async () => {
  const home = mkdtempSync(join(tmpdir(), 'jdk-'))
  mkdirSync(join(home, 'lib'))
  writeFileSync(
    join(home, 'release'),
    'JAVA_VERSION="21.0.4"\nIMPLEMENTOR="Somebody"\nMODULES="java.base jdk.crac"\n',
  )
  expect(await inspectJava(join(home, 'bin/java'))).toMatchObject({
    crac: true,
    feature: 21,
    vendor: 'Somebody',
  })
  writeFileSync(join(home, 'release'), 'JAVA_VERSION="17.0.9"\n')
  expect((await inspectJava(join(home, 'bin/java'))).crac).toBe(false)
  writeFileSync(join(home, 'lib', 'simengine'), '')
  expect((await inspectJava(join(home, 'bin/java'))).crac).toBe(true)
})

test('the flags of a JVM are read by name, diagnostic ones included', async () => {
  const flags = await flagNames(jdk.java)
  expect(flags).toContain('MaxHeapSize')
  expect(flags).toContain('PrintNMethods')
  expect(flags).not.toContain('CRaCCheckpointTo')
})

test('a launcher is found through PATH and symbolic links', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'path-'))
  symlinkSync(jdk.java, join(folder, 'java'))
  const found = await findExecutable('java', '/', folder)
  expect(found).toBe(jdk.java)
  expect(isJavaLauncher(found ?? '')).toBe(true)
  expect(await findExecutable('java', '/', '/nowhere')).toBe(null)
})

test('a process without libjvm is no JVM', async () => {
  expect(await findJvms(process.pid)).toEqual([])
})
