import { posix } from 'node:path'
import { locateExecutable, type Files } from '../../app/container/image.js'
import { libcOf } from '../../app/container/libc.js'
import type { AppSettings } from '../../app/spec.js'
import type { Libc } from '../../host/probe-folders.js'
import {
  describeJava,
  isJavaLauncher,
  parseFlagNames,
  PRINT_FLAGS,
  type JavaInstallation,
} from '../../jvm/java.js'
import { wordsOf } from '../../jvm/given-options.js'
import { AppError } from '../../model/errors.js'
import { chooseEngine, engineOptions, quote, TOLERANT, type Launch, type LaunchRequest } from './launch.js'

/** What is known of a container that the app is to run in. */
export interface Surroundings {
  /** For errors: `image NAME`, `pod NAME`. */
  name: string
  files: Files
  /** The app's command, one word at least. */
  own: string[]
  env: Record<string, string> & { PATH: string }
  cwd: string
  /** Runs a command there; what it prints on standard output. */
  run: (command: string[]) => Promise<string>
}

/** A launch in a container, but for where a real engine may write its image. */
export interface LaunchWithin extends Omit<Launch, 'image'> {
  /** Of its JVM. */
  libc: Libc
}

/** Which JVM is in a container, and what it must be started with; also the options that it is given. */
export async function planWithin(
  request: Omit<LaunchRequest, 'spec'> & { spec: AppSettings },
  { name: where, files, own, env, cwd, run }: Surroundings,
): Promise<LaunchWithin & { given: string[] }> {
  const { spec } = request
  const [name = '', ...args] = own
  const executable = await locateExecutable(files, name, cwd, env.PATH)
  const launcher = executable !== null && isJavaLauncher(executable)
  const javaExecutable = launcher ? executable : await javaOf(where, files, env, cwd)
  const libc = await libcOf(where, files, javaExecutable)
  const java = await inspectJavaIn(files, javaExecutable)
  // What is in a container can't be asked from here whether it takes the library.
  const observers = await request.ledger.launches(null, request.folder)
  const needs = observers.needs(env.LD_PRELOAD)
  const engine = chooseEngine(request.engine, java)
  const flags =
    engine === 'crac' ? parseFlagNames(await run([javaExecutable, ...PRINT_FLAGS])) : new Set<string>()
  const given = [
    ...args,
    ...(spec.jdkOptions ?? []),
    ...wordsOf(env.JAVA_TOOL_OPTIONS ?? ''),
    ...wordsOf(env.JDK_JAVA_OPTIONS ?? ''),
  ]
  const options = [
    ...needs.jvmOptions,
    // A CRaC JDK that wrote its image there would end the app, and nobody brings it back yet.
    ...engineOptions({ ...request, restore: request.restore && engine === 'rehearsal' }, engine, {
      flags,
      given,
      keptOpen: needs.inherited,
    }),
    ...(launcher ? [] : TOLERANT),
    ...(spec.jdkOptions ?? []),
  ]
  return {
    libc,
    given,
    own,
    command: launcher ? [name, ...options, ...args] : own,
    env: {
      ...needs.environment,
      ...(!launcher && {
        JAVA_TOOL_OPTIONS: [...options.map(quote), env.JAVA_TOOL_OPTIONS ?? ''].join(' ').trim(),
      }),
    },
    ownEnv: env,
    cwd,
    java,
    engine,
    wanted: request.engine,
    cracVersion: request.cracVersion,
    flags: engine === 'crac' ? flags : null,
    observers,
  }
}

/** What a script there will most likely run: JAVA_HOME's java, else PATH's. */
async function javaOf(where: string, files: Files, env: Surroundings['env'], cwd: string): Promise<string> {
  const home = env.JAVA_HOME
  const found =
    (home ? await files.locate(posix.join(home, 'bin/java')) : null) ??
    (await locateExecutable(files, 'java', cwd, env.PATH))
  if (found !== null) return found
  throw new AppError(
    'APP_NOT_JAVA',
    `There is no Java in the ${where}: neither its command nor JAVA_HOME nor PATH leads to a "java".`,
  )
}

async function inspectJavaIn(files: Files, executable: string): Promise<JavaInstallation> {
  const home = posix.dirname(posix.dirname(executable))
  const exists = async (path: string) => (await files.locate(path)) !== null
  return await describeJava(home, await files.read(posix.join(home, 'release')), exists)
}
