import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../../../harness/host/package-root.js'
import { bpf } from '../../../support/bpf.js'
import { compileJava, jdks } from '../../../support/java.js'
import { observe } from '../../observed.js'

const classes = compileJava('threads', [join(packageRoot, 'bench/java/OpenThreads.java')], 17)
const THREADS = 16
/** `OPENS=100000 npx vitest run test/ledger/observers/preload/preload-threads.test.ts` is the long one. */
const OPENS = Number(process.env.OPENS ?? 10_000)

const modes = bpf.refusal !== null ? (['preload'] as const) : (['preload', 'ebpf'] as const)

test.for(jdks.flatMap((jdk) => modes.map((mode) => ({ ...jdk, mode }))))(
  '16 threads that open without pause lose no record, and each kept file has its thread and method: $mode, JDK $feature',
  { timeout: 120_000 },
  async ({ mode, ...jdk }) => {
    const folder = mkdtempSync(join(tmpdir(), 'threads-'))
    const { entries, evidence } = await observe(mode, folder, (options) => [
      jdk.java,
      ...options,
      ...['-cp', classes, 'OpenThreads', `${THREADS}`, `${OPENS}`, folder],
    ])
    const kept = entries.flatMap(({ target, origin }) => {
      const [, thread] = /\/kept-(\d+)-\d+$/.exec(target) ?? []
      return thread === undefined ? [] : [{ thread, origin }]
    })
    const right = kept.filter(
      ({ thread, origin }) =>
        origin?.thread === `opener-${thread}` &&
        origin.java.some(({ class: owner, method }) => owner === 'OpenThreads' && method === 'keep'),
    )
    console.log(
      `${mode} JDK ${jdk.feature}: ${THREADS} threads, ${THREADS * OPENS} files opened, right ${right.length}/${kept.length}, lost ${evidence.lost}`,
    )
    expect(kept).toHaveLength((THREADS * OPENS) / 1000)
    expect(right).toHaveLength(kept.length)
    expect(evidence.lost).toBe(0)
  },
)
