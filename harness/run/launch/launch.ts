import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { nameProbes } from '../../app/probe-names.js'
import type { LocalApp } from '../../app/spec.js'
import { cracOptions } from '../../checkpoint/crac/crac.js'
import { givenImage, writesImage, type GivenImage } from '../../checkpoint/crac/image-option.js'
import { cracVersions, type CracVersion, type EngineAnswer } from '../../checkpoint/engine.js'
import { rehearsalOptions } from '../../checkpoint/rehearsal/rehearsal.js'
import { findExecutable } from '../../host/executable.js'
import { localHost } from '../../host/local-host.js'
import { libcRefusal } from '../../host/probe-folders.js'
import { linkerOf, otherProcessor, type Linker } from '../../host/linker.js'
import { AppError, UsageError } from '../../model/errors.js'
import { withArgumentFiles, wordsOf } from '../../jvm/given-options.js'
import { flagNames, inspectJava, isJavaLauncher, type JavaInstallation } from '../../jvm/java.js'
import { launcherAt } from '../../jvm/java-command-line.js'
import type { LaunchPlan, PreparedLedger } from '../../ledger/ledger.js'
import { assertJar } from '../jar-there.js'

export type EngineName = EngineAnswer['engine']

/** How an app is to be started so that it can be observed and asked. */
export interface Launch {
  command: string[]
  /** The app's own command, without what the harness adds. */
  own: string[]
  env: Record<string, string>
  /** The app's own environment, without what the harness adds. */
  ownEnv: Record<string, string>
  cwd: string
  java: JavaInstallation
  engine: EngineName
  /** The engine that the user wants. */
  wanted: EngineName | 'auto'
  cracVersion: CracVersion
  /** The names of the JVM's flags, where a real engine is asked; else null: the JVM at hand is not the one to ask. */
  flags: ReadonlySet<string> | null
  image: LaunchImage
  /** How it is observed. */
  observers: LaunchPlan
}

/** Where a real engine writes its image. */
export interface LaunchImage {
  /** As the app's machine knows it. */
  folder: string
  /** As the app knows it. */
  there: string
  /** Whether the user has named it: then an image there is the user's. */
  given: boolean
  /** Whether the engine writes one, and ends the JVM with it; one that only simulates does neither. */
  written: boolean
  /** Where the app's output goes instead of the harness's own folder: an image that stays needs the file that it is open on. */
  log: string | null
  /** Set where it has been written there, and is the user's from then on. */
  stays: boolean
  /** What the java is told that brings it back. */
  restoreOptions: string[]
}

export interface LaunchRequest {
  spec: LocalApp
  engine: EngineName | 'auto'
  cracVersion: CracVersion
  ledger: Pick<PreparedLedger, 'launches'>
  /** The harness's own folder, for what the JVM writes for it. */
  folder: string
  /** Where a real engine may write its image. */
  imageFolder: string
  /** Whether it is to be restored. */
  restore: boolean
}

/** A launch of a process on this machine. */
export interface LocalLaunch extends Launch {
  /** How the app gets our own paths. */
  inside: (text: string) => string
}

/** Finds the JVM that the command will run, chooses the engine, and adds what the JVM must be started with. */
export async function planLaunch(request: LaunchRequest): Promise<LocalLaunch> {
  const { spec, cracVersion } = request
  assertRules(cracVersion)
  const cwd = spec.cwd ?? process.cwd()
  const own = { ...definedOnly(process.env), ...spec.env }
  const [name, ...args] = spec.command
  if (name === undefined)
    throw new UsageError('There is no command to run. Give one after "--": … -- java -jar app.jar')
  const executable = await findExecutable(name, cwd, own.PATH ?? '')
  if (executable === null)
    throw new UsageError(
      `There is no command "${name}" in ${name.includes('/') ? cwd : 'PATH'}. Give a java launcher or a script.`,
    )
  const direct = isJavaLauncher(executable)
  const javaExecutable = direct ? executable : await javaBehind(args, cwd, own)
  if (direct) assertJar(args, cwd)
  await assertProcessor(javaExecutable)
  const linker = await linkerOf(javaExecutable)
  const inside = await namesFor(request.folder, javaExecutable, linker)
  const launcher = { java: javaExecutable, linker, inside }
  const observers = await request.ledger.launches(launcher, request.folder)
  const needs = observers.needs(own.LD_PRELOAD)
  const environment = Object.entries(needs.environment).map(([name, value]) => [name, inside(value)] as const)
  const env = { ...own, ...Object.fromEntries(environment) }
  const java = await inspectJava(javaExecutable)
  const engine = chooseEngine(request.engine, java)
  const ofLauncher = [...wordsOf(env.JDK_JAVA_OPTIONS ?? ''), ...(spec.jdkOptions ?? []), ...args]
  // In the order in which the JVM takes them: the last one counts.
  const given = [...wordsOf(env.JAVA_TOOL_OPTIONS ?? ''), ...(await withArgumentFiles(ofLauncher, cwd))]
  const flags = engine === 'crac' ? await flagNames(javaExecutable) : new Set<string>()
  const options = [
    ...needs.jvmOptions.map(inside),
    ...engineOptions(request, engine, { flags, given, keptOpen: needs.inherited }).map(inside),
    ...(direct ? [] : TOLERANT),
    ...(spec.jdkOptions ?? []),
  ]
  return {
    inside,
    // A script passes options on only through the environment, which makes the JVM say that it picked them up.
    own: spec.command,
    command: direct ? [name, ...options, ...args] : spec.command,
    ownEnv: own,
    env: direct
      ? env
      : { ...env, JAVA_TOOL_OPTIONS: [...options.map(quote), env.JAVA_TOOL_OPTIONS ?? ''].join(' ').trim() },
    cwd,
    java,
    engine,
    wanted: request.engine,
    cracVersion,
    flags: engine === 'crac' ? flags : null,
    image: await imageOf(
      givenImage(engine === 'crac' ? given : []),
      { ...request, restore: request.restore && engine === 'crac' },
      cwd,
    ),
    observers,
  }
}

/** The kernel would only say that it can't start it; an emulator would start it, and load nothing of ours. */
async function assertProcessor(java: string): Promise<void> {
  const processor = otherProcessor(await readFile(java, 'latin1').catch(() => ''))
  if (processor !== null)
    throw new AppError(
      'APP_NOT_STARTED',
      `${java} is built for ${processor}, and this machine is ${process.arch}. Use a JDK for ${process.arch}.`,
    )
}

/** The app's names for our files; a JVM that can load none of them is refused before it boots. */
async function namesFor(
  folder: string,
  java: string,
  linker: Linker | null,
): Promise<(text: string) => string> {
  const refusal = linker === null ? null : libcRefusal(linker.libc)
  if (linker !== null && refusal !== null)
    throw new AppError('APP_NOT_STARTED', `${java} is linked against musl (${linker.path}), and ${refusal}.`)
  return await nameProbes(folder, linker?.libc ?? 'glibc')
}

async function imageOf(
  given: GivenImage,
  { imageFolder, restore }: Pick<LaunchRequest, 'imageFolder' | 'restore'>,
  cwd: string,
): Promise<LaunchImage> {
  const written = isWritten(given, restore)
  const path = given.folder === null ? imageFolder : resolve(cwd, given.folder)
  const log = written && given.folder !== null ? await freeName(`${path}.log`) : null
  const known = { given: given.folder !== null, stays: false, restoreOptions: given.engineOptions }
  return { ...known, folder: path, there: path, written, log }
}

/** Whether an image is written: by the engine that the user has chosen, or for a restore by the JDK's own. */
export const isWritten = ({ engine }: GivenImage, restore: boolean): boolean =>
  engine === null ? restore : writesImage(engine)

/** An earlier image may need the log that is there already. */
async function freeName(path: string): Promise<string> {
  for (let number = 2, name = path; ; name = path.replace(/\.log$/, `-${number++}.log`))
    if (
      !(await localHost.stat(name).then(
        () => true,
        () => false,
      ))
    )
      return name
}

/** A script may run another JDK than is expected: one without CRaC must not refuse the options for it. */
export const TOLERANT = ['-XX:+IgnoreUnrecognizedVMOptions']

/** What the chosen engine needs the JVM to be started with. */
export function engineOptions(
  request: Omit<LaunchRequest, 'spec'>,
  engine: EngineName,
  known: Pick<Parameters<typeof cracOptions>[0], 'flags' | 'given' | 'keptOpen'>,
): string[] {
  if (engine === 'rehearsal') return rehearsalOptions(request.cracVersion, request.folder, request.restore)
  return cracOptions({ ...known, imageFolder: request.imageFolder, image: request.restore })
}

export function assertRules(cracVersion: CracVersion): void {
  if (cracVersions.includes(cracVersion)) return
  throw new UsageError(
    `There are no rules for CRaC version "${cracVersion}". Use one of ${cracVersions.join(', ')}.`,
  )
}

export function chooseEngine(wanted: EngineName | 'auto', java: JavaInstallation): EngineName {
  if (wanted === 'auto') return java.crac ? 'crac' : 'rehearsal'
  if (wanted === 'crac' && !java.crac)
    throw new UsageError(
      `The engine "crac" needs a CRaC JDK; ${java.home} (${java.vendor ?? 'unknown vendor'} ${java.version ?? ''}) is none. Use --engine rehearsal, or a CRaC build of the JDK.`,
    )
  // The agent's classes would stand before the JDK's own of the same name, and the JVM end in a LinkageError.
  if (wanted === 'rehearsal' && java.crac)
    throw new UsageError(
      `The engine "rehearsal" is for a JDK without CRaC; ${java.home} (${java.vendor ?? 'unknown vendor'} ${java.version ?? ''}) has it, and answers for itself. Leave --engine out, or name a stock JDK.`,
    )
  return wanted
}

/** The java that `nice` and its like are told to run; what a script will most likely run: JAVA_HOME's, else PATH's. */
async function javaBehind(words: string[], cwd: string, env: Record<string, string>): Promise<string> {
  const home = env.JAVA_HOME
  const named = words[launcherAt(words)]
  const found =
    (named === undefined ? null : await findExecutable(named, cwd, env.PATH ?? '')) ??
    (home ? await findExecutable(`${home}/bin/java`, cwd, '') : null) ??
    (await findExecutable('java', cwd, env.PATH ?? ''))
  if (found === null)
    throw new UsageError(
      'There is no "java" in JAVA_HOME or PATH. Install a JDK 17 or later, or set JAVA_HOME.',
    )
  return found
}

/** JAVA_TOOL_OPTIONS is split at white space outside quotes, and either quote ends at its like only. */
export const quote = (option: string): string =>
  option
    .split('"')
    .map((part) => (/[\s']/.test(part) ? `"${part}"` : part))
    .join(`'"'`)

const definedOnly = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined))
