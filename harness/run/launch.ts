import { resolve } from 'node:path'
import type { LocalApp } from '../app/spec.js'
import { cracOptions } from '../checkpoint/crac/crac.js'
import { givenImage, type GivenImage } from '../checkpoint/crac/image-option.js'
import { cracVersions, type CracVersion, type EngineAnswer } from '../checkpoint/engine.js'
import { rehearsalOptions } from '../checkpoint/rehearsal/rehearsal.js'
import { localHost } from '../host/local-host.js'
import { UsageError } from '../model/errors.js'
import { findExecutable, flagNames, inspectJava, isJavaLauncher, type JavaInstallation } from '../jvm/java.js'
import type { LaunchPlan, PreparedLedger } from '../ledger/ledger.js'

export type EngineName = EngineAnswer['engine']

/** How an app is to be started so that it can be observed and asked. */
export interface Launch {
  command: string[]
  /** The app's own command, without what the harness adds. */
  own: string[]
  env: Record<string, string>
  cwd: string
  java: JavaInstallation
  engine: EngineName
  cracVersion: CracVersion
  image: LaunchImage
  /** How it is observed. */
  observers: LaunchPlan
}

/** Where a real engine writes its image. */
export interface LaunchImage {
  /** As the app's machine knows it. */
  folder: string
  /** Whether the engine writes one, and ends the JVM with it; one that only simulates does neither. */
  written: boolean
  /** Where the app's output goes instead of the harness's own folder: an image that stays needs the file that it is open on. */
  log: string | null
  /** Set where it has been written there, and is the user's from then on. */
  stays: boolean
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
}

/** Finds the JVM that the command will run, chooses the engine, and adds what the JVM must be started with. */
export async function planLaunch(request: LaunchRequest): Promise<Launch> {
  const { spec, cracVersion } = request
  assertRules(cracVersion)
  const cwd = spec.cwd ?? process.cwd()
  const own = { ...definedOnly(process.env), ...spec.env }
  const [name, ...args] = spec.command
  if (name === undefined)
    throw new UsageError('There is no command to run. Give one behind "--": … -- java -jar app.jar')
  const executable = await findExecutable(name, cwd, own.PATH ?? '')
  if (executable === null)
    throw new UsageError(
      `There is no command "${name}" in ${name.includes('/') ? cwd : 'PATH'}. Give a java launcher or a script.`,
    )
  const launcher = isJavaLauncher(executable)
  const javaExecutable = launcher ? executable : await javaOfEnvironment(cwd, own)
  const observers = await request.ledger.launches(javaExecutable, request.folder)
  const needs = observers.needs(own.LD_PRELOAD)
  const env = { ...own, ...needs.environment }
  const java = await inspectJava(javaExecutable)
  const engine = chooseEngine(request.engine, java)
  const given = [...args, ...(spec.jdkOptions ?? []), env.JAVA_TOOL_OPTIONS ?? '', env.JDK_JAVA_OPTIONS ?? '']
  const flags = engine === 'crac' ? await flagNames(javaExecutable) : new Set<string>()
  const options = [
    ...needs.jvmOptions,
    ...engineOptions(request, engine, { flags, given, keptOpen: needs.inherited }),
    ...(spec.jdkOptions ?? []),
  ]
  return {
    // A script passes options on only through the environment, which makes the JVM say that it picked them up.
    own: spec.command,
    command: launcher ? [name, ...options, ...args] : spec.command,
    env: launcher
      ? env
      : { ...env, JAVA_TOOL_OPTIONS: [...options.map(quote), env.JAVA_TOOL_OPTIONS ?? ''].join(' ').trim() },
    cwd,
    java,
    engine,
    cracVersion,
    image: await imageOf(givenImage(engine === 'crac' ? given : []), request.imageFolder, cwd),
    observers,
  }
}

async function imageOf({ folder, written }: GivenImage, own: string, cwd: string): Promise<LaunchImage> {
  if (folder === null) return { folder: own, written, log: null, stays: false }
  const path = resolve(cwd, folder)
  return { folder: path, written, log: written ? await freeName(`${path}.log`) : null, stays: false }
}

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

/** What the chosen engine needs the JVM to be started with. */
export function engineOptions(
  request: Omit<LaunchRequest, 'spec'>,
  engine: EngineName,
  known: Pick<Parameters<typeof cracOptions>[0], 'flags' | 'given' | 'keptOpen'>,
): string[] {
  if (engine === 'rehearsal') return rehearsalOptions(request.cracVersion, request.folder)
  return cracOptions({ ...known, imageFolder: request.imageFolder })
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

/** What a script will most likely run: JAVA_HOME's java, else PATH's. */
async function javaOfEnvironment(cwd: string, env: Record<string, string>): Promise<string> {
  const home = env.JAVA_HOME
  const found =
    (home ? await findExecutable(`${home}/bin/java`, cwd, '') : null) ??
    (await findExecutable('java', cwd, env.PATH ?? ''))
  if (found === null)
    throw new UsageError(
      'There is no "java" in JAVA_HOME or PATH. Install a JDK 17 or later, or set JAVA_HOME.',
    )
  return found
}

/** JAVA_TOOL_OPTIONS is split at white space outside quotes. */
export const quote = (option: string): string => (/\s/.test(option) ? `"${option}"` : option)

const definedOnly = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined))
