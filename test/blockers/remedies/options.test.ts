import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toBlockers } from '../../../harness/blockers/blockers.js'
import { flagNames } from '../../../harness/jvm/java.js'
import { jdk } from '../../support/java.js'
import { entry, index, native } from '../literals.js'

/** A launcher of a real JVM whose table of flags has these as well, as the tables of CRaC builds do. */
function launcher(...flags: string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'flags-')), 'java')
  const table = flags.map(
    (flag) => `echo '    ccstr ${flag}            =                 {product} {default}'`,
  )
  writeFileSync(path, ['#!/bin/sh', ...table, `exec ${jdk.java} "$@"`, ''].join('\n'))
  chmodSync(path, 0o755)
  return path
}

test.each([
  [
    'the newer name',
    ['CRaCAllowedOpenFilePrefixes'],
    '-XX:CRaCAllowedOpenFilePrefixes=/srv/native.data leaves',
  ],
  ['the older name', ['CRAllowedOpenFilePrefixes'], '-XX:CRAllowedOpenFilePrefixes=/srv/native.data leaves'],
  ['both, so the newer', ['CRAllowedOpenFilePrefixes', 'CRaCAllowedOpenFilePrefixes'], '-XX:CRaCAllowedOpen'],
  ['neither', [], 'an option that this build does not have (-XX:CRaCAllowedOpenFilePrefixes='],
])('a JVM that is asked for its flags and takes %s is told so', async (_what, names, told) => {
  const flags = await flagNames(launcher(...names))
  expect(flags.has('MaxHeapSize')).toBe(true)
  const ledger = [entry(9, 'file', '/srv/native.data')]
  const input = {
    findings: [native(9, 'regular', '/srv/native.data')],
    ledger,
    index,
    cracVersion: null,
    flags,
  }
  const [blocker] = await toBlockers(input)
  expect(blocker?.remedy.text).toContain(told)
  expect(blocker?.remedy.text).not.toContain('PrintFlagsFinal')
})
