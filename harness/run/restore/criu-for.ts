import { dirname, join } from 'node:path'
import type { ContainerApp } from '../../app/spec.js'
import { copyCriu, type CriuFiles } from '../../checkpoint/criu/criu-files.js'
import type { Criu } from '../../checkpoint/criu/criu.js'
import type { EngineName } from '../launch/launch.js'

export const NOT_ASKED = 'nobody has asked for a restore.'

/** Why an app in a container can't be brought back in another one; null where it can. */
export function remakingRefusal({ container }: ContainerApp, here: boolean): string | null {
  if (!here)
    return 'the Docker engine is on another machine, or this user is not root: the image can’t be shared with the container. Run the check as root on the engine’s machine.'
  if (container !== undefined)
    return 'a container that is configured by testcontainers keeps Docker’s pipes as its standard streams, whose other ends no image can hold. Describe it by its options instead.'
  return null
}

/** CRIU for an app in a container, which has its own files; a sentence where there is none. */
export async function criuFor(
  engine: EngineName,
  { criu, folder }: { criu: Criu | string; folder: string },
): Promise<CriuFiles | string> {
  if (engine === 'crac')
    return 'this check brings the app of a CRaC JDK back as a process of this machine, not in a container yet. Run the check of its command without the image, or restore by hand: java -XX:CRaCRestoreFrom.'
  if (typeof criu === 'string') return criu
  // Beside what the app may write to: it is run with more rights than the app has.
  return await copyCriu(criu, join(dirname(folder), 'criu'))
}
