import { access, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execute } from '../host/execute.js'
import type { Host } from '../host/host.js'
import { localHost } from '../host/local-host.js'
import { readMaps } from '../host/procfs/maps.js'
import type { Jvm } from '../model/report.js'

/** A Java installation, as far as its files tell without running it. */
export interface JavaInstallation extends Jvm {
  home: string
  /** 17, 21, 25 …; null where it is not known. */
  feature: number | null
}

/** Whether an executable is a JDK's `java` launcher, which takes JVM options after its name. */
export const isJavaLauncher = (executable: string): boolean => basename(executable) === 'java'

/** Reads what JVM an installation has, from its `release` file and the CRaC engines beside libjvm. */
export async function inspectJava(javaExecutable: string): Promise<JavaInstallation> {
  const home = dirname(dirname(javaExecutable))
  const release = await readFile(join(home, 'release'), 'utf8').catch(() => '')
  return await describeJava(home, release, exists)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** The same for an installation whose files lie elsewhere, as in an image. */
export async function describeJava(
  home: string,
  release: string,
  exists: (path: string) => Promise<boolean>,
): Promise<JavaInstallation> {
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1] ?? null
  const version = field('JAVA_VERSION')
  return {
    home,
    version,
    feature: version === null ? null : featureOf(version),
    vendor: field('IMPLEMENTOR'),
    crac:
      /\bjdk\.crac\b/.test(field('MODULES') ?? '') ||
      /crac/i.test(release) ||
      (await hasEngine(home, exists)),
  }
}

/** `17.0.15` → 17, `1.8.0_422` → 8. */
function featureOf(version: string): number | null {
  const match = /^(?:1\.)?(\d+)/.exec(version)
  return match ? Number(match[1]) : null
}

/** The engines that CRaC builds carry in `lib`, by generation. */
async function hasEngine(home: string, exists: (path: string) => Promise<boolean>): Promise<boolean> {
  for (const name of [
    'criuengine',
    'criu',
    'simengine',
    'libsimengine.so',
    'libcrexec.so',
    'libcriuengine.so',
  ])
    if (await exists(join(home, 'lib', name))) return true
  return false
}

/** Arguments that make a JVM print its flags, diagnostic ones included. */
export const PRINT_FLAGS = ['-XX:+UnlockDiagnosticVMOptions', '-XX:+PrintFlagsFinal', '-version']

/** The JVM's own flags by name: the only safe way to know which name this version uses. */
export async function flagNames(javaExecutable: string): Promise<Set<string>> {
  const run = await execute()
  const { stdout } = await run(javaExecutable, PRINT_FLAGS, {
    timeout: 30_000,
    stderr: 'ignore',
    env: { JAVA_TOOL_OPTIONS: '', JDK_JAVA_OPTIONS: '' },
  })
  return parseFlagNames(stdout)
}

export const parseFlagNames = (printed: string): Set<string> =>
  new Set(printed.split('\n').flatMap((line) => /^\s*\S+\s+(\w+)\s+:?=/.exec(line)?.[1] ?? []))

/** Whether a process has the JVM's library mapped. */
export async function isJvm(pid: number, host: Host = localHost): Promise<boolean> {
  return (await readMaps(pid, host)).some(({ path }) => path.endsWith('/libjvm.so'))
}

/** The JVMs among a process and its descendants, nearest first. */
export async function findJvms(pid: number, host: Host = localHost): Promise<number[]> {
  const parents = [...(await host.parents())]
  const found: number[] = []
  for (let generation = [pid]; generation.length > 0;) {
    for (const each of generation) if (await isJvm(each, host)) found.push(each)
    const before = generation
    generation = parents.flatMap(([child, parent]) => (before.includes(parent) ? [child] : []))
  }
  return found
}
