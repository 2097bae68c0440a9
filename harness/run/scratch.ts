import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasEnded, place, startOf } from '../app/harness-process.js'
import { orNoSpace } from './disk-space.js'

const PREFIX = 'crac-preflight-'

/** A folder of this run's own, named by the harness so that a later run can tell whether it is still in use. */
export async function openScratch(): Promise<{ path: string; remove: () => Promise<void> }> {
  await reap()
  try {
    const own = await makeOwnFolder(tmpdir())
    // An app of another user may have to write to it; who may get so far is decided by the folder around it.
    const path = join(own, 'run')
    await mkdir(path)
    return { path, remove: () => rm(own, { recursive: true, force: true }) }
  } catch (error) {
    throw await orNoSpace(error, tmpdir())
  }
}

/** An empty folder that a later run removes where this harness has not. */
export const makeOwnFolder = (parent: string): Promise<string> =>
  mkdtemp(join(parent, `${PREFIX}${process.pid}-${here()}-${startOf('self')}-`))

/** Removes what killed harnesses have left. Those of other machines and pid namespaces may share the temporary folder. */
async function reap(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid, where, start] = new RegExp(`^${PREFIX}(\\d+)-(\\w+)-(\\d+)-`).exec(name) ?? []
    if (where === here() && pid !== undefined && start !== undefined && hasEnded(pid, start))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/** In letters that a file's name may have, and few of them, as paths of agents and sockets must be short. */
const here = (): string => createHash('sha256').update(place()).digest('hex').slice(0, 12)

/** Where in a scratch folder a real engine writes its image. */
export const imageFolderOf = (scratchPath: string): string => join(scratchPath, 'image')
