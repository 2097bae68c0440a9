import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probesFolder } from '../../../../harness/host/package-root.js'
import { readSamples, salvageSamples } from '../../../../harness/ledger/observers/profiler/samples.js'
import { compileJava, fixture, jdk, jdks } from '../../../support/java.js'

const classes = compileJava('busy', [fixture('java/17/Busy.java')], 17)

/** Has a program run under the profiler, and gives the path of the recording. */
function record(java: string): string {
  const recording = join(mkdtempSync(join(tmpdir(), 'samples-')), 's.jfr')
  execFileSync(java, [
    `-agentpath:${join(probesFolder, 'libasyncProfiler.so')}=start,event=itimer,interval=1ms,cstack=vm,clock=monotonic,loglevel=none,jfr,file=${recording}`,
    '-cp',
    classes,
    'Busy',
  ])
  return recording
}

test.for(jdks)('stacks, threads and times are read from a recording of JDK $feature', ({ java }) => {
  const before = Number(process.hrtime.bigint())
  const recording = record(java)
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

test('of a recording that is cut or damaged only whole chunks count, and the damage is told', () => {
  const chunk = readFileSync(record(jdk.java))
  const { samples, damage } = salvageSamples(chunk)
  expect(samples.length).toBeGreaterThan(20)
  expect(damage).toBe(null)
  for (let part = 1; part < 40; part++) {
    const cut = chunk.subarray(0, Math.floor((chunk.length * part) / 40))
    expect(salvageSamples(cut)).toEqual({ samples: [], damage: expect.any(String) })
    expect(salvageSamples(Buffer.concat([chunk, cut])).samples).toEqual(samples)
  }
  // Whatever a byte becomes: an answer, soon, and without asking for more memory than there is.
  let damaged = 0
  for (let i = 0; i < 400; i++) {
    const bytes = Buffer.from(chunk)
    bytes[(i * 7919) % chunk.length] = i % 2 === 0 ? 0xff : 0
    if (salvageSamples(bytes).damage !== null) damaged++
  }
  expect(damaged).toBeGreaterThan(0)
})
