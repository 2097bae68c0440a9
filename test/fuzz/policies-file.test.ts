import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { probesRoot } from '../../harness/host/probe-folders.js'
import { compileJava, jdk } from '../support/java.js'

const run = promisify(execFile)
const seconds = Number(process.env.CRAC_PREFLIGHT_FUZZ_SECONDS ?? 0)
const seed = process.env.CRAC_PREFLIGHT_FUZZ_SEED ?? '1'
const SHORT = 3000

test(
  'whatever comes to the reader of policies-file, it is read or refused',
  async () => {
    const agent = join(probesRoot, 'common', 'rehearsal.jar')
    const source = join(packageRoot, 'test', 'fuzz', 'java', 'FuzzPolicies.java')
    const path = [compileJava('fuzz-policies', [source], 17, agent), agent].join(':')
    const until = seconds > 0 ? ['1000000000', String(seconds)] : [String(SHORT), '60']
    const begin = performance.now()
    const main = 'io.github.cracpreflight.rehearsal.policies.FuzzPolicies'
    const { stdout } = await run(jdk.java, ['-cp', path, main, seed, ...until])
    const took = (performance.now() - begin) / 1000
    const done = Number(/^(\d+) inputs$/m.exec(stdout)?.[1])
    console.log(
      `policies-file: seed ${seed}, ${done} inputs in ${took.toFixed(1)} s (${Math.round(done / took)}/s)`,
    )
    expect(done).toBeGreaterThanOrEqual(seconds > 0 ? 1000 : SHORT)
  },
  120_000 + 2000 * seconds,
)
