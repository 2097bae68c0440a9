import { libcRefusal, type Libc } from '../../host/probe-folders.js'
import { linkerIn, otherProcessor } from '../../host/linker.js'
import { AppError } from '../../model/errors.js'
import type { Files } from './image.js'

/**
 * The C library of a launcher of an image: the probes that it loads must be linked against it. What is missing is said
 * before the app boots, as the JVM would only say that it can't load its agents.
 */
export async function libcOf(image: string, files: Files, java: string): Promise<Libc> {
  const bytes = await files.read(java, 'latin1')
  const processor = otherProcessor(bytes)
  if (processor !== null)
    throw new AppError(
      'APP_NOT_STARTED',
      `The JVM of the ${image} is built for ${processor}, and the probes of this machine are for ${process.arch}. Check an image for ${process.arch} (docker pull --platform), or this one on a machine for ${processor}.`,
    )
  const linker = linkerIn(bytes)
  if (linker === null) return 'glibc'
  if ((await files.locate(linker.path)) === null)
    throw new AppError(
      'APP_NOT_STARTED',
      `The ${image} has no ${linker.path}, which its ${java} needs to start. Use a JDK that is built for the C library of the image.`,
    )
  const refusal = libcRefusal(linker.libc)
  if (refusal === null) return linker.libc
  throw new AppError(
    'APP_NOT_STARTED',
    `The JVM of the ${image} is linked against musl (${linker.path}), and ${refusal}, or check an image that is based on glibc.`,
  )
}
