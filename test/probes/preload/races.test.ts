/** The locks of the preloaded library, watched by ThreadSanitizer. A JVM can't be: its own code has nothing that it could watch. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { jdk } from '../../support/java.js'
import { makeProbe } from '../../support/probes.js'
import { scratchFolder } from '../programs.js'

const probes = join(packageRoot, 'probes')
const scratch = scratchFolder()
afterAll(scratch.remove)
/** For each of four threads; PREFLIGHT_STRESS=1 takes a minute. */
const turns = process.env.PREFLIGHT_STRESS === '1' ? 100_000 : 13_000

/** The library's code and a program that uses it, as one executable. */
function link(): string {
  const objects = join(dirname(makeProbe('libfdpreload.so', 'SAN=thread')), 'obj', 'library')
  const includes = [
    probes,
    join(probes, 'preload'),
    join(jdk.home, 'include'),
    join(jdk.home, 'include', 'linux'),
  ]
  const program = join(scratch.path, 'java')
  execFileSync('cc', [
    ...['-fsanitize=thread', '-g', '-O1', ...includes.map((folder) => `-I${folder}`), '-o', program],
    join(packageRoot, 'test/probes/fixtures-src/races.c'),
    ...readdirSync(objects, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.o'))
      .map((name) => join(objects, name)),
    ...['-ldl', '-lpthread'],
  ])
  return program
}

test('threads that create, close and copy records at a time never race', { timeout: 600_000 }, () => {
  // It opens files to name functions, and would watch itself do so. Addresses as they are in the file: `addr2line -e`.
  const env = { ...process.env, TSAN_OPTIONS: 'symbolize=0' }
  const run = spawnSync('setarch', ['-R', link(), String(turns)], { env, encoding: 'utf8' })
  expect([run.stderr, run.stdout.trim(), run.status]).toEqual(['', 'OPEN 32 COPIED often', 0])
})
