import { dirname, join } from 'node:path'
import type { ContainerApp } from '../../app/spec.js'
import { copyCriu, type CriuFiles } from '../../checkpoint/criu/criu-files.js'
import type { Criu } from '../../checkpoint/criu/criu.js'

export const NOT_ASKED = 'nobody has asked for a restore.'

/** CRIU for an app in a container, which has its own files; a sentence where that can't be. */
export async function criuFor(
  { container }: ContainerApp,
  here: boolean,
  { criu, folder }: { criu: Criu | string; folder: string },
): Promise<CriuFiles | string> {
  if (typeof criu === 'string') return criu
  if (!here)
    return 'the Docker engine is on another machine, or this user is not root: CRIU and its image can’t be shared with the container. Run the check as root on the engine’s machine.'
  if (container !== undefined)
    return 'a container that is configured by testcontainers keeps Docker’s pipes as its standard streams, whose other ends no image can hold. Describe it by its options instead.'
  // Beside what the app may write to: it is run with more rights than the app has.
  return await copyCriu(criu, join(dirname(folder), 'criu'))
}
