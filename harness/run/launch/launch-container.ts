import { posix } from 'node:path'
import {
  commandOf,
  configure,
  environmentOf,
  imageOf,
  workingFolderOf,
} from '../../app/container/configured-container.js'
import { withImage } from '../../app/container/image.js'
import type { ContainerApp } from '../../app/spec.js'
import { givenImage, type GivenImage } from '../../checkpoint/crac/image-option.js'
import { AppError } from '../../model/errors.js'
import { assertRules, isWritten, type LaunchImage, type LaunchRequest } from './launch.js'
import { planWithin, type LaunchWithin } from './launch-within.js'
import type { GenericContainer } from 'testcontainers'

/** A launch with the container that is to be started for it. */
export interface ContainerLaunch extends LaunchWithin {
  image: LaunchImage
  container: GenericContainer
  imageName: string
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
  const { spec } = request
  assertRules(request.cracVersion)
  const imageName = imageOf(spec)
  return await withImage(imageName, spec.pullPolicy ?? 'missing', async (image) => {
    const container = await configure(spec)
    const own = commandOf(container, spec, image)
    if (own.length === 0)
      throw new AppError(
        'APP_NOT_STARTED',
        `The image ${imageName} has no CMD or ENTRYPOINT. Give a command after "--".`,
      )
    const env = environmentOf(container, image)
    const cwd = workingFolderOf(container, image)
    const around = { name: `image ${imageName}`, files: image.files, own, env, cwd, run: image.run }
    const { given, ...launch } = await planWithin(request, around)
    const { image: launched, output } = imageFolderOf(
      givenImage(launch.engine === 'crac' ? given : []),
      { ...request, redirects: request.restore && launch.engine === 'rehearsal' },
      cwd,
    )
    return { ...launch, container, imageName, output, image: launched }
  })
}

/** The folder that the user mounts where he lets the JVM write to; what is the container's own goes with it. */
function imageFolderOf(
  given: GivenImage,
  {
    spec,
    imageFolder,
    folder: own,
    redirects: toBeImaged,
  }: Omit<LaunchRequest, 'spec'> & { spec: ContainerApp; redirects: boolean },
  cwd: string,
): { image: LaunchImage; output: string | null } {
  const { folder } = given
  const written = isWritten(given, false)
  const known = { written, given: folder !== null, stays: false, restoreOptions: given.engineOptions }
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
        ...known,
        ...{ folder: posix.join(source, below), there: path ?? '' },
        log: redirects ? posix.join(source, name) : null,
      },
      output: redirects ? posix.join(target, name) : null,
    }
  }
  return {
    image: { ...known, folder: imageFolder, there: imageFolder, log: null },
    output: redirects ? posix.join(own, 'app.log') : null,
  }
}
