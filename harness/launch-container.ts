import { posix } from 'node:path'
import { commandOf, configure, environmentOf } from './app/container/gated.js'
import { locateExecutable, withImage, type Image } from './app/container/image.js'
import type { ContainerApp } from './app/spec.js'
import { AppError } from './errors.js'
import {
  describeJava,
  isJavaLauncher,
  parseFlagNames,
  PRINT_FLAGS,
  type JavaInstallation,
} from './jvm/java.js'
import { assertRules, chooseEngine, engineOptions, quote, type Launch, type LaunchRequest } from './launch.js'
import type { GenericContainer } from 'testcontainers'

/** A launch with the container that is to be started for it. */
export interface ContainerLaunch extends Launch {
  container: GenericContainer
}

/** As `planLaunch` for an image: which JVM is in it, and what it must be started with. Nothing runs yet. */
export async function planContainerLaunch(
  request: Omit<LaunchRequest, 'spec'> & { spec: ContainerApp },
): Promise<ContainerLaunch> {
  const { spec, cracVersion } = request
  assertRules(cracVersion)
  return await withImage(spec.image, spec.pullPolicy ?? 'missing', async (image) => {
    const container = await configure(spec)
    const own = commandOf(container, spec, image)
    const [name, ...args] = own
    if (name === undefined)
      throw new AppError('APP_NOT_STARTED', `The image ${spec.image} says no command. Give one behind "--".`)
    const env = environmentOf(container, image)
    const cwd = spec.cwd ?? image.cwd
    const executable = await locateExecutable(image.files, name, cwd, env.PATH ?? '')
    const launcher = executable !== null && isJavaLauncher(executable)
    const javaExecutable = launcher ? executable : await javaOf(image, env, cwd)
    const java = await inspectImageJava(spec, image, javaExecutable)
    const engine = chooseEngine(request.engine, java)
    const flags =
      engine === 'crac' && javaExecutable !== null
        ? parseFlagNames(await image.run([javaExecutable, ...PRINT_FLAGS]))
        : new Set<string>()
    const options = [
      ...request.ledger.jvmOptions,
      ...engineOptions(request, engine, flags, [
        ...args,
        env.JAVA_TOOL_OPTIONS ?? '',
        env.JDK_JAVA_OPTIONS ?? '',
      ]),
      ...(spec.jdkOptions ?? []),
    ]
    return {
      container,
      own,
      command: launcher ? [name, ...options, ...args] : own,
      env: {
        ...request.ledger.environment(env.LD_PRELOAD),
        ...(!launcher && {
          JAVA_TOOL_OPTIONS: [...options.map(quote), env.JAVA_TOOL_OPTIONS ?? ''].join(' ').trim(),
        }),
      },
      cwd,
      java,
      engine,
      cracVersion,
    }
  })
}

/** What a script in the image will most likely run: JAVA_HOME's java, else PATH's. */
async function javaOf(image: Image, env: Record<string, string>, cwd: string): Promise<string | null> {
  const home = env.JAVA_HOME
  return (
    (home ? await image.files.locate(posix.join(home, 'bin/java')) : null) ??
    (await locateExecutable(image.files, 'java', cwd, env.PATH ?? ''))
  )
}

async function inspectImageJava(
  spec: ContainerApp,
  { files }: Image,
  executable: string | null,
): Promise<JavaInstallation> {
  if (executable === null)
    throw new AppError(
      'APP_NOT_JAVA',
      `There is no Java in the image ${spec.image}: neither its command nor JAVA_HOME nor PATH leads to a "java".`,
    )
  await assertGlibc(spec, files)
  const home = posix.dirname(posix.dirname(executable))
  const exists = async (path: string) => (await files.locate(path)) !== null
  return await describeJava(home, await files.read(posix.join(home, 'release')), exists)
}

const LOADERS: Partial<Record<string, string>> = {
  x64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
}

/** The agents are libraries for glibc; said before the app boots, as the JVM would only say that it can't load them. */
async function assertGlibc(spec: ContainerApp, files: Image['files']): Promise<void> {
  const loader = LOADERS[process.arch]
  if (loader === undefined || (await files.locate(loader)) !== null) return
  throw new AppError(
    'APP_NOT_STARTED',
    `The image ${spec.image} has no ${loader}: it is not based on glibc (Alpine is not). The agents need a JVM for glibc; check an image on such a base.`,
  )
}
