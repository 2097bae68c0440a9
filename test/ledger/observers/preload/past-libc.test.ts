import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TraceMode } from '../../../../harness/ledger/ledger.js'
import { bpf } from '../../../support/bpf.js'
import { compileJava, fixture, jdk } from '../../../support/java.js'
import { observe } from '../../observed.js'
import { needing } from '../../../support/capability.js'

const classes = compileJava('past-libc', [fixture('java/17/PastLibc.java')], 17)

/** What is told of the file that each way has opened; a way that the kernel refuses is left out, and named. */
async function observeWays(mode: TraceMode) {
  const folder = mkdtempSync(join(tmpdir(), 'past-libc-'))
  const include = join(jdk.home, 'include')
  const flags = ['-O1', '-shared', '-fPIC', `-I${include}`, `-I${join(include, 'linux')}`]
  const source = fixture('past-libc.c')
  execFileSync('cc', [...flags, '-o', join(folder, 'libpast.so'), source, '-ldl'])
  execFileSync('cc', [...flags, '-DDEEP', '-o', join(folder, 'libdeep.so'), source])
  const reading = await observe(mode, folder, (options) => [
    jdk.java,
    ...options,
    ...['-cp', classes, 'PastLibc', folder],
  ])
  const made = [...reading.output.matchAll(/^MADE (\w+) (-?\d+)$/gm)]
  expect(made).toHaveLength(3)
  const ways = made.flatMap(([, way = '', fd]) => {
    if (Number(fd) >= 0) return [way]
    console.log(`skipped: the kernel refuses ${way}: ${fd}`)
    return []
  })
  const entries = ways.map((way) => {
    const entry = reading.entries.find(({ target }) => target.endsWith(`/${way}.txt`))
    if (entry === undefined) throw new Error(`no entry for ${way}`)
    return { way, entry }
  })
  return { ...reading, made: entries }
}

test('the preloaded library says of what went past libc that it can’t know, and counts it', async () => {
  const { made, evidence } = await observeWays('preload')
  expect(made.map(({ way }) => way)).toContain('inline')
  for (const { entry } of made) {
    expect(entry.origin).toBe(null)
    expect(entry.missing).toMatch(/^no record: .*RTLD_DEEPBIND.*past libc.*io_uring/)
  }
  expect(evidence.withoutOrigin).toBe(made.length)
})

needing(bpf).for(['ebpf', 'both'] as const)(
  'with --trace %s what went past libc has the kernel’s record',
  async (mode) => {
    const { made, evidence } = await observeWays(mode)
    for (const { way, entry } of made) {
      console.log(
        `${mode} ${way}: ${entry.origin?.syscall}, ${entry.origin?.java.length} Java frames, ${entry.missing}`,
      )
      expect(entry.origin?.syscall).toBe(way === 'uring' ? 'io_uring_enter' : 'openat')
      expect(entry.origin?.thread).toBe('main')
    }
    expect(evidence.withoutOrigin).toBe(0)
  },
)
