/** Native programs on musl run as before; `preload-musl.test.ts` shows a JVM there. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { probesFolder } from '../../../harness/host/package-root.js'
import { fixture } from '../../support/java.js'
import { plain } from '../../support/plain.js'
import { capability, needing } from '../../support/capability.js'

const folder = `${probesFolder}-musl`
const musl = capability('musl', spawnSync('musl-gcc', ['--version']).status === 0, 'there is no musl-gcc')

function compile(source: string, name: string): string {
  const binary = join(mkdtempSync(join(tmpdir(), 'musl-')), name)
  execFileSync('musl-gcc', ['-O1', '-o', binary, fixture(source)])
  return binary
}

needing(musl)('a native program on musl runs under the library as without it', () => {
  const program = compile('native-guards.c', 'java')
  const lines = (env: NodeJS.ProcessEnv) =>
    execFileSync(program, { env, timeout: 30_000, encoding: 'utf8' }).trim().split('\n')
  const observed = lines({ LD_PRELOAD: plain(join(folder, 'libfdpreload.so')) })
  // The one difference is a limit that the README tells.
  expect(observed).toEqual(lines({}).map((line) => (line === 'dlsym agrees' ? 'dlsym DIFFERS' : line)))
  expect(observed).toContain('vfork returned twice')
})

needing(musl)('every library for musl loads there', () => {
  const libraries = readdirSync(folder).filter((name) => name.endsWith('.so'))
  expect(libraries).toContain('librehearsal.so')
  const loaded = execFileSync(
    compile('loads.c', 'loads'),
    libraries.map((name) => join(folder, name)),
    { encoding: 'utf8' },
  )
  expect(loaded.trim().split('\n')).toEqual(libraries.map((name) => `${join(folder, name)} loaded`))
})
