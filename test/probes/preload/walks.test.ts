/** The quick walk of a Java stack against JVMTI's: the library is built so that it makes both, and aborts where they differ. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { compileJava, fixture, jdks } from '../../support/java.js'
import { preloading } from '../../support/plain.js'
import { makeProbe } from '../../support/probes.js'

const library = makeProbe('libfdpreload.so', 'CFLAGS=-Wall -Wextra -Werror -DCHECK_WALKS')
const classes = compileJava('walks', [fixture('java/17/Walks.java')], 17)
/** By each of four threads; a minute of them with PREFLIGHT_STRESS=1. */
const opens = process.env.PREFLIGHT_STRESS === '1' ? 250_000 : 5000

const modes: [string, string[]][] = [
  ['interpreted', ['-Xint']],
  ['compiled at once', ['-Xcomp', '-XX:TieredStopAtLevel=1']],
  ['compiled, inlined and given up as it runs', []],
  [
    'with reflection that goes through native code',
    [
      '-Dsun.reflect.inflationThreshold=1000000000',
      '-Djdk.reflect.useNativeAccessorOnly=true',
      '-XX:+UseZGC',
    ],
  ],
]

test.for(modes)(
  'a stack that the quick walk recognises is the one that JVMTI tells: %s',
  { timeout: 280_000 },
  async ([mode, options]) => {
    for (const { java, feature } of jdks) {
      const command = [`-agentpath:${library}`, ...options, '-cp', classes, 'Walks', `${opens}`]
      const { stdout } = await promisify(execFile)(java, command, {
        env: { PATH: process.env.PATH, ...preloading(library) },
      })
      const agreed = Number(/^DONE\nWALKS AGREED (\d+)$/m.exec(stdout)?.[1])
      console.log(`preload JDK ${feature}, ${mode}: ${agreed} of ${4 * opens} stacks recognised, all right`)
      // From 21 on half of the threads are virtual; their stacks are always told.
      expect(agreed).toBeGreaterThan(opens)
    }
  },
)
