import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { capability, type Capability } from './capability.js'
import { packageRoot } from '../../harness/host/package-root.js'
import { isPlain } from '../../harness/host/plain-path.js'

export interface Jdk {
  home: string
  java: string
  feature: number
}

/** The stock JDKs of this machine, one per feature release: JAVA_HOME's, the distribution's, and the set-up's JDK 21. */
export const jdks: Jdk[] = [
  process.env.JAVA_HOME ?? '',
  ...(existsSync('/usr/lib/jvm')
    ? readdirSync('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name))
    : []),
  join(packageRoot, 'build', 'jdk-21'),
]
  .filter((home) => existsSync(join(home, 'bin', 'java')) && existsSync(join(home, 'release')))
  .map((home) => realpathSync(home))
  .map((home) => ({ home, java: join(home, 'bin', 'java'), feature: featureOf(home) }))
  .filter(
    ({ feature }, i, all) =>
      [17, 21, 25].includes(feature) && all.findIndex((jdk) => jdk.feature === feature) === i,
  )
  .sort((a, b) => a.feature - b.feature)

/** The JDK that tests use where the release does not matter: the oldest, which runs what was compiled for it. */
export const jdk: Jdk = jdks[0] ?? fail('There is no JDK 17, 21 or 25 on this machine.')

/** A JVM that is linked against musl, which the set-up fetches; it has no compiler. */
export const muslJvm: Jdk = jvmAt(packageRoot, 'build', 'docker', 'musl', 'opt', 'java')
export const onMusl: Capability = capability(
  'musl',
  existsSync(muslJvm.java) && existsSync('/lib/ld-musl-x86_64.so.1'),
  'there is no JVM on musl: "node scripts/setup.mjs test" fetches one, on x64',
)

/** There is a JDK of that feature release. */
export const jdkOf = (feature: 17 | 21 | 25): Capability =>
  capability(
    `jdk${feature}`,
    jdks.some((jdk) => jdk.feature === feature),
    `there is no JDK ${feature} in JAVA_HOME or /usr/lib/jvm`,
  )

function jvmAt(...path: string[]): Jdk {
  const home = join(...path)
  return { home, java: join(home, 'bin', 'java'), feature: 17 }
}

function featureOf(home: string): number {
  return Number(/^JAVA_VERSION="(?:1\.)?(\d+)/m.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1])
}

function fail(why: string): never {
  throw new Error(why)
}

/**
 * Compiles Java sources below `build/test-classes`, or where a JVM in the C locale can't be told of that, in the folder of
 * this run: once for each content of theirs; with the newest JDK's compiler, for
 * the release that is asked for. Files that are tested side by side may ask for the same classes.
 */
export function compileJava(name: string, sources: string[], release: number, classPath = ''): string {
  const hash = createHash('sha256').update(`${release}${classPath}`)
  for (const source of sources) hash.update(readFileSync(source))
  const all = join(isPlain(packageRoot) ? join(packageRoot, 'build') : tmpdir(), 'test-classes')
  const folder = join(all, `${name}-${hash.digest('hex').slice(0, 12)}`)
  if (existsSync(folder)) return folder
  mkdirSync(all, { recursive: true })
  const fresh = mkdtempSync(join(all, '.fresh-'))
  const compiler = jdks.map(({ home }) => join(home, 'bin', 'javac')).findLast((path) => existsSync(path))
  execFileSync(
    compiler ?? 'javac',
    ['-g', '-nowarn', '--release', String(release), '-cp', classPath, '-d', fresh, ...sources],
    {
      stdio: ['ignore', 'ignore', 'ignore'],
      timeout: 60_000,
    },
  )
  // Apps of other users read it, too.
  chmodSync(fresh, 0o755)
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // Another one was quicker.
    rmSync(fresh, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

export const fixture = (...path: string[]): string => join(packageRoot, 'test', 'fixtures', ...path)
