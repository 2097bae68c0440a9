/** async-profiler's library, from its Maven artifact. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { javaHome, arch, commonFolder, probesFolder, root, run, say, SetupError } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const version = '4.5'
const coordinates = `tools.profiler:async-profiler:${version}`
const sha256 = 'd0184907de67ca63363f1a6333c75eb7414fb3e13c564641304fe0fdca97363e'
const mavenCopy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy'
const notice = `libasyncProfiler.so is async-profiler ${version}, unchanged, from the Maven artifact ${coordinates}.
Copyright The async-profiler authors. Licensed under the Apache License, Version 2.0:
http://www.apache.org/licenses/LICENSE-2.0
`

async function fetchJar(folder) {
  await run('mvn', ['-B', '-q', mavenCopy, `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`])
  const jar = join(folder, `async-profiler-${version}.jar`)
  const actual = createHash('sha256').update(readFileSync(jar)).digest('hex')
  if (actual === sha256) return jar
  throw new SetupError(
    `${coordinates} has SHA-256 ${actual}, expected ${sha256}: your Maven repository or mirror serves another file`,
  )
}

/** Puts the library for a processor into a folder below the root; resolves to its path there. */
export async function profilerFor(cpu, into) {
  mkdirSync(join(root, 'build'), { recursive: true })
  const folder = mkdtempSync(join(root, 'build', 'profiler-'))
  const member = `linux-${cpu}/libasyncProfiler.so`
  try {
    const jar = await fetchJar(folder)
    await run(join(javaHome(), 'bin', 'jar'), ['--extract', '--file', jar, member], { cwd: folder })
    mkdirSync(join(root, into), { recursive: true })
    // Renamed into place: a JVM that has the old library mapped must not see it change.
    renameSync(join(folder, member), join(root, into, 'libasyncProfiler.so'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return join(into, 'libasyncProfiler.so')
}

export async function profiler() {
  await makeOnce({ name: 'profiler', inputs: ['scripts/setup/profiler.mjs'] }, async () => {
    say(`fetching async-profiler ${version}`)
    const library = await profilerFor(arch, probesFolder)
    mkdirSync(join(root, commonFolder), { recursive: true })
    writeFileSync(join(root, commonFolder, 'libasyncProfiler.NOTICE'), notice)
    return [library, join(commonFolder, 'libasyncProfiler.NOTICE')]
  })
}
