/** What is recognised of a Java stack against JVMTI's walk: the library is built so that it makes both, and aborts where they differ. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { compileJava, fixture, jdks } from '../../support/java.js'
import { preloading } from '../../support/plain.js'
import { makeProbe } from '../../support/probes.js'

const library = makeProbe('libfdpreload.so', 'CFLAGS=-Wall -Wextra -Werror -DCHECK_WALKS')
const classes = compileJava('walks', [fixture('java/17/Walks.java')], 17)
/** Chains of calls by each of four threads, and three opens at the end of each; a minute of them with PREFLIGHT_STRESS=1. */
const chains = process.env.PREFLIGHT_STRESS === '1' ? 80_000 : 1700

const modes: [string, string[]][] = [
  ['interpreted', ['-Xint']],
  ['compiled at once', ['-Xcomp', '-XX:TieredStopAtLevel=1', '-XX:+UseZGC']],
  ['compiled, inlined and given up as it runs', []],
  [
    'with reflection that goes through native code',
    ['-Dsun.reflect.inflationThreshold=1000000000', '-Djdk.reflect.useNativeAccessorOnly=true'],
  ],
]

test.for(modes)(
  'a stack that is recognised is the one that JVMTI tells: %s',
  { timeout: 280_000 },
  async ([mode, options]) => {
    for (const { java, feature } of jdks) {
      const command = [`-agentpath:${library}`, ...options, '-cp', classes, 'Walks', `${chains}`]
      const { stdout } = await promisify(execFile)(java, command, {
        env: { PATH: process.env.PATH, ...preloading(library) },
      })
      const told = /^DONE\nWALKS AGREED (\d+), BY WORDS (\d+)$/m.exec(stdout)?.slice(1).map(Number)
      const [agreed = NaN, byWords = NaN] = told ?? []
      console.log(
        `preload JDK ${feature}, ${mode}: ${agreed} of ${12 * chains} stacks recognised, ${byWords} by words, all right`,
      )
      // From 21 on half of the threads are virtual; their stacks are always told.
      expect(agreed).toBeGreaterThan(3 * chains)
      // Where ZGC's heap lies is not told, so there nothing is recognised by words.
      if (options.includes('-XX:+UseZGC')) expect(byWords).toBe(0)
      else expect(byWords).toBeGreaterThan(chains)
    }
  },
)
