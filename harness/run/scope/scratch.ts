import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasEnded } from '../../host/harness-process.js'
import { here, OwnFolder, PREFIX, removeOwn } from '../../host/own-folder.js'
import { plainTemporaryFolder } from '../../host/plain-path.js'
import { orDiskFull } from './disk-space.js'

/** A folder of this run's own, named by the harness so that a later run can tell whether it is still in use. */
export async function openScratch(): Promise<{ path: string; remove: () => Promise<void> }> {
  const temporary = await plainTemporaryFolder()
  await reap(temporary)
  try {
    const own = await OwnFolder.make(temporary)
    // An app of another user may have to write to it; who may get so far is decided by the folder around it.
    const path = join(own.path, 'run')
    await mkdir(path)
    return { path, remove: () => own.remove() }
  } catch (error) {
    throw await orDiskFull(error, temporary)
  }
}

/**
 * Removes what is left of harnesses that were killed together with their guards. Those of other machines and pid
 * namespaces may share the temporary folder, and those of other users do.
 */
async function reap(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const [, pid, where, start] = new RegExp(`^${PREFIX}(\\d+)-(\\w+)-(\\d+)-`).exec(name) ?? []
    if (where === here() && pid !== undefined && start !== undefined && hasEnded(pid, start))
      await removeOwn(join(temporary, name)).catch(() => undefined)
  }
}

/** Where in a scratch folder a real engine writes its image. */
export const imageFolderOf = (scratchPath: string): string => join(scratchPath, 'image')
