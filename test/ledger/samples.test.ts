import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probesFolder } from '../../harness/package-root.js'
import { readSamples } from '../../harness/ledger/samples.js'
import { compileJava, fixture, jdk, jdks } from '../support/java.js'

const classes = compileJava('busy', [fixture('java/17/Busy.java')], 17)

test.for(jdks)('stacks, threads and times are read from a recording of JDK $feature', ({ java }) => {
  const recording = join(mkdtempSync(join(tmpdir(), 'samples-')), 's.jfr')
  const before = Number(process.hrtime.bigint())
  execFileSync(java, [
    `-agentpath:${join(probesFolder, 'libasyncProfiler.so')}=start,event=itimer,interval=1ms,cstack=vm,clock=monotonic,loglevel=none,jfr,file=${recording}`,
    '-cp',
    classes,
    'Busy',
  ])
  const samples = readSamples(readFileSync(recording))
  const own = samples.filter(
    ({ thread, java: frames }) => thread === 'busy-ö' && frames.some(({ method }) => method === 'spin'),
  )
  expect(own.length).toBeGreaterThan(20)
  // The same stack that the JDK's own tool prints for the first of them.
  const printed = execFileSync(
    join(jdk.home, 'bin', 'jfr'),
    ['print', '--events', 'jdk.ExecutionSample', '--stack-depth', '64', recording],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  )
  const line = own[0]?.java.find(({ method }) => method === 'spin')?.line
  expect(printed).toMatch(new RegExp(`Busy\\.spin\\(.*line: ${line}`))
  expect(own.every(({ time }) => time > before && time < Number(process.hrtime.bigint()))).toBe(true)
  expect(new Set(own.map(({ tid }) => tid)).size).toBe(1)
})

test('a file that is no recording is refused, and an empty one has no samples', () => {
  expect(() => readSamples(Buffer.from('#!/bin/sh\n'.repeat(20)))).toThrow(/no JFR chunk at byte 0/)
  expect(readSamples(Buffer.alloc(0))).toEqual([])
})

test('a recording that is cut is refused', () => {
  const header = Buffer.alloc(68)
  header.write('FLR\0', 'latin1')
  header.writeBigUInt64BE(1000n, 8)
  expect(() => readSamples(header)).toThrow(/cut/)
})
