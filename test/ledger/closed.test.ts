/** What a real JVM opens and closes again is counted, by whose code and when. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closedOf } from '../../harness/blockers/classes/closed.js'
import type { TraceMode } from '../../harness/ledger/ledger.js'
import { bpf } from '../support/bpf.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { needing } from '../support/capability.js'
import { observe } from './observed.js'

const classes = compileJava('reopens', [fixture('java/17/Reopens.java')], 17)
const [CLOSED, KEPT] = [6000, 3]

/** More than the library keeps of single ones. */
async function reopen(mode: TraceMode) {
  const folder = mkdtempSync(join(tmpdir(), 'reopens-'))
  const file = join(folder, 'a.txt')
  writeFileSync(file, '')
  const { closed, entries } = await observe(mode, folder, (options) => [
    jdk.java,
    ...options,
    ...['-cp', classes, 'Reopens', file, String(CLOSED), String(KEPT)],
  ])
  const own = closed?.filter((each) => each.class === 'Reopens') ?? []
  return { closed, own, kept: entries.filter(({ target }) => target === file) }
}

test('with --trace preload each is counted once, and none that is still open', () => counted('preload'))
needing(bpf)('with --trace ebpf it is the same', () => counted('ebpf'))

async function counted(mode: TraceMode): Promise<void> {
  const { own, closed, kept } = await reopen(mode)
  expect(kept).toHaveLength(KEPT)
  expect(own.reduce((sum, { files }) => sum + files, 0)).toBe(CLOSED)
  for (const { code, fromMs, toMs } of own) {
    expect(code).toBe('java')
    expect(toMs).toBeGreaterThan(fromMs)
    // Between the release and the first that was kept.
    expect(fromMs).toBeGreaterThan(0)
    expect(fromMs).toBeLessThanOrEqual(kept[0]?.origin?.atMs ?? 0)
  }
  // The JVM's own boot is there, too, and is nobody's Java.
  expect(closed?.some(({ code }) => code === 'native')).toBe(true)
  const told = closedOf(closed, [{ jar: 'reopens.jar', artifact: null, packages: [''] }])
  const row = told?.by.find(({ jar }) => jar === 'reopens.jar')
  expect(row?.code).toBe('app')
  expect(row?.counts.reduce((sum, count) => sum + count, 0)).toBe(CLOSED)
}
