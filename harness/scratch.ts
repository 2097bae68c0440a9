import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orNoSpace } from './space.js'

const PREFIX = 'crac-preflight-'

/** A folder of this run's own, named by the harness's pid so that a later run can tell whether it is still in use. */
export async function openScratch(): Promise<{ path: string; remove: () => Promise<void> }> {
  await reap()
  try {
    const own = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
    // An app of another user may have to write to it; who may get so far is decided by the folder around it.
    const path = join(own, 'run')
    await mkdir(path)
    return { path, remove: () => rm(own, { recursive: true, force: true }) }
  } catch (error) {
    throw await orNoSpace(error, tmpdir())
  }
}

/** Removes what a harness that was killed has left. */
async function reap(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Where in a scratch folder a real engine writes its image. */
export const imageFolderOf = (scratchPath: string): string => join(scratchPath, 'image')
