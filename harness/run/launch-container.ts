import { posix } from 'node:path'
import {
  commandOf,
  configure,
  environmentOf,
  imageOf,
  workingFolderOf,
} from '../app/container/configured-container.js'
import { locateExecutable, withImage, type Image } from '../app/container/image.js'
import { libcOf } from '../app/container/libc.js'
import type { ContainerApp } from '../app/spec.js'
import type { Libc } from '../host/probe-folders.js'
import { wordsOf } from '../jvm/given-options.js'
import { givenImage, type GivenImage } from '../checkpoint/crac/image-option.js'
import { AppError } from '../model/errors.js'
import {
  describeJava,
  isJavaLauncher,
  parseFlagNames,
  PRINT_FLAGS,
  type JavaInstallation,
} from '../jvm/java.js'
import {
  assertRules,
  chooseEngine,
  engineOptions,
  quote,
  TOLERANT,
  type Launch,
  type LaunchImage,
  type LaunchRequest,
} from './launch.js'
import type { GenericContainer } from 'testcontainers'

/** A launch with the container that is to be started for it. */
export interface ContainerLaunch extends Launch {
  container: GenericContainer
  imageName: string
  /** Of its JVM. */
  libc: Libc
  /**
   * Where the app's output goes as the app knows it, instead of through the engine: a real engine writes no image of a
   * pipe whose other end is elsewhere. Null where the Docker engine has it.
   */
  output: string | null
}

/** As `planLaunch` for an image: which JVM is in it, and what it must be started with. Nothing runs yet. */
export async function planContainerLaunch(
  request: Omit<LaunchRequest, 'spec'> & { spec: ContainerApp },
): Promise<ContainerLaunch> {
  const { spec, cracVersion } = request
  assertRules(cracVersion)
  const imageName = imageOf(spec)
  return await withImage(imageName, spec.pullPolicy ?? 'missing', async (image) => {
    const container = await configure(spec)
    const own = commandOf(container, spec, image)
    const [name, ...args] = own
    if (name === undefined)
      throw new AppError(
        'APP_NOT_STARTED',
        `The image ${imageName} has no CMD or ENTRYPOINT. Give a command after "--".`,
      )
    const env = environmentOf(container, image)
    const cwd = workingFolderOf(container, image)
    const executable = await locateExecutable(image.files, name, cwd, env.PATH)
    const launcher = executable !== null && isJavaLauncher(executable)
    const javaExecutable = launcher ? executable : await javaOf(imageName, image, env, cwd)
    const libc = await libcOf(imageName, image.files, javaExecutable)
    const java = await inspectImageJava(image, javaExecutable)
    // What is in an image can't be asked from here whether it takes the library.
    const observers = await request.ledger.launches(null, request.folder)
    const needs = observers.needs(env.LD_PRELOAD)
    const engine = chooseEngine(request.engine, java)
    const flags =
      engine === 'crac'
        ? parseFlagNames(await image.run([javaExecutable, ...PRINT_FLAGS]))
        : new Set<string>()
    const given = [
      ...args,
      ...(spec.jdkOptions ?? []),
      ...wordsOf(env.JAVA_TOOL_OPTIONS ?? ''),
      ...wordsOf(env.JDK_JAVA_OPTIONS ?? ''),
    ]
    const options = [
      ...needs.jvmOptions,
      ...engineOptions(request, engine, { flags, given, keptOpen: needs.inherited }),
      ...(launcher ? [] : TOLERANT),
      ...(spec.jdkOptions ?? []),
    ]
    const { image: launched, output } = imageFolderOf(
      givenImage(engine === 'crac' ? given : []),
      { ...request, redirects: request.restore && engine === 'rehearsal' },
      cwd,
    )
    return {
      container,
      imageName,
      libc,
      output,
      own,
      command: launcher ? [name, ...options, ...args] : own,
      env: {
        ...needs.environment,
        ...(!launcher && {
          JAVA_TOOL_OPTIONS: [...options.map(quote), env.JAVA_TOOL_OPTIONS ?? ''].join(' ').trim(),
        }),
      },
      cwd,
      java,
      engine,
      wanted: request.engine,
      cracVersion,
      flags: engine === 'crac' ? flags : null,
      image: launched,
      observers,
    }
  })
}

/** The folder that the user mounts where he lets the JVM write to; what is the container's own goes with it. */
function imageFolderOf(
  { folder, written }: GivenImage,
  {
    spec,
    imageFolder,
    folder: own,
    redirects: toBeImaged,
  }: Omit<LaunchRequest, 'spec'> & { spec: ContainerApp; redirects: boolean },
  cwd: string,
): { image: LaunchImage; output: string | null } {
  // The code that configures the container may follow its output.
  const redirects = (written || toBeImaged) && spec.container === undefined
  const path = folder === null ? null : posix.resolve(cwd, folder)
  for (const { source, target } of path === null ? [] : (spec.binds ?? [])) {
    const below = posix.relative(target, path ?? '')
    if (below.startsWith('..')) continue
    // What is mounted is all that stays: the folder itself, or something in it.
    const name = below === '' ? 'output.log' : `${below}.log`
    return {
      image: {
        ...{ folder: posix.join(source, below), written, stays: false },
        log: redirects ? posix.join(source, name) : null,
      },
      output: redirects ? posix.join(target, name) : null,
    }
  }
  return {
    image: { folder: imageFolder, written, log: null, stays: false },
    output: redirects ? posix.join(own, 'app.log') : null,
  }
}

/** What a script in the image will most likely run: JAVA_HOME's java, else PATH's. */
async function javaOf(
  imageName: string,
  { files }: Image,
  env: ReturnType<typeof environmentOf>,
  cwd: string,
): Promise<string> {
  const home = env.JAVA_HOME
  const found =
    (home ? await files.locate(posix.join(home, 'bin/java')) : null) ??
    (await locateExecutable(files, 'java', cwd, env.PATH))
  if (found !== null) return found
  throw new AppError(
    'APP_NOT_JAVA',
    `There is no Java in the image ${imageName}: neither its command nor JAVA_HOME nor PATH leads to a "java".`,
  )
}

async function inspectImageJava({ files }: Image, executable: string): Promise<JavaInstallation> {
  const home = posix.dirname(posix.dirname(executable))
  const exists = async (path: string) => (await files.locate(path)) !== null
  return await describeJava(home, await files.read(posix.join(home, 'release')), exists)
}
