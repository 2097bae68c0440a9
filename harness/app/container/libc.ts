import { existsSync } from 'node:fs'
import { AppError } from '../../model/errors.js'
import { probesFolder } from '../../host/package-root.js'
import type { ImageFiles } from './image.js'

/** The dynamic linker that an executable names: musl's, or glibc's. */
const LINKER = /\/lib[\w/.-]*\/ld-(musl|linux)[\w-]*\.so\.\d+/

/**
 * The folder of the probes that a launcher of an image can load: they must be linked against its C library. What is
 * missing is said before the app boots, as the JVM would only say that it can't load its agents.
 */
export async function probesFor(image: string, files: ImageFiles, java: string): Promise<string> {
  const [linker, libc] = LINKER.exec(await files.read(java)) ?? []
  if (linker !== undefined && (await files.locate(linker)) === null)
    throw new AppError(
      'APP_NOT_STARTED',
      `The image ${image} has no ${linker}, which its ${java} needs to start. Use a JDK that is built for the C library of the image.`,
    )
  if (libc !== 'musl') return probesFolder
  const folder = `${probesFolder}-musl`
  if (existsSync(folder)) return folder
  throw new AppError(
    'APP_NOT_STARTED',
    `The JVM of the image ${image} is linked against musl (${linker ?? ''}), and the agents for musl are not built: there is no ${folder}. Install musl-tools (Debian’s name) and run "npm run build", or check an image that is based on glibc.`,
  )
}
