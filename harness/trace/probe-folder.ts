import { chmod, chown, copyFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { probesFolder } from '../host/package-root.js'
import { makeOwnFolder } from '../run/scratch.js'
import type { ForeignJvm } from './foreign.js'

/** Where a JVM that runs already writes for us, and finds the profiler. */
export interface Place {
  /** As seen from here. */
  folder: string
  /** A text for the JVM, in which our paths are those under which it knows them. */
  inside(text: string): string
  remove(): Promise<void>
}

const PROFILER = 'libasyncProfiler.so'

/** A folder that the JVM's user may write to; in a container it holds the profiler, too, as ours can't be seen there. */
export async function makePlace(jvm: ForeignJvm): Promise<Place> {
  const parent = jvm.root === null ? tmpdir() : join(jvm.root, 'tmp')
  const folder = await makeOwnFolder(parent)
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    if (jvm.root !== null) {
      await copyFile(join(probesFolder, PROFILER), join(folder, PROFILER))
      await chmod(join(folder, PROFILER), 0o755)
    }
    if (process.getuid?.() !== jvm.uid) await chown(folder, jvm.uid, jvm.gid)
  } catch (error) {
    await remove()
    throw error
  }
  const known = jvm.root === null ? folder : join('/tmp', basename(folder))
  return {
    folder,
    inside: (text) =>
      jvm.root === null ? text : text.replaceAll(folder, known).replaceAll(probesFolder, known),
    remove,
  }
}
