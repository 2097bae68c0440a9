import { constants, mkdir, open, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { OwnFolder } from '../host/own-folder.js'
import { probesFolder } from '../host/package-root.js'
import { plainTemporaryFolder } from '../host/plain-path.js'
import { forLibc } from '../host/probe-folders.js'
import { AttachError } from '../model/errors.js'
import type { ForeignJvm } from './foreign.js'

/** Where a JVM that runs already writes for us, and finds the agents. */
export interface Place {
  /** As seen from here. */
  folder: string
  /** A text for the JVM, in which our paths are those under which it knows them. */
  inside(text: string): string
  remove(): Promise<void>
}

const AGENTS = ['libasyncProfiler.so', 'libfdpreload.so']
const RUN = 'run'

/**
 * A folder that the JVM's user may write to, in one that stays ours. In a container the latter holds the agents, too,
 * as ours can't be seen there. Who owns the container can exchange anything around it, so all is reached from the folder
 * that is held open.
 */
export async function makePlace(jvm: ForeignJvm): Promise<Place> {
  const own = await OwnFolder.make(jvm.root === null ? await plainTemporaryFolder() : join(jvm.root, 'tmp'))
  try {
    await fill(own.held, jvm)
  } catch (error) {
    await own.remove()
    throw error
  }
  const folder = join(own.path, RUN)
  const known = jvm.root === null ? own.path : join('/tmp', basename(own.path))
  return {
    folder,
    inside: (text) =>
      jvm.root === null
        ? forLibc(text, jvm.libc)
        : text.replaceAll(own.path, known).replaceAll(probesFolder, known),
    remove: () => own.remove(),
  }
}

async function fill(path: string, jvm: ForeignJvm): Promise<void> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
  const own = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  try {
    const held = `/proc/self/fd/${own.fd}`
    const { uid } = await own.stat()
    if (uid !== process.getuid?.())
      throw new AttachError(
        'ATTACH_REFUSED',
        `Process ${jvm.pid} can't be traced: somebody has put a folder of user ${uid} in the place of the harness's own in its /tmp.`,
      )
    if (jvm.root !== null)
      for (const agent of AGENTS)
        await copyAgent(forLibc(join(probesFolder, agent), jvm.libc), join(held, agent))
    await mkdir(join(held, RUN), 0o700)
    if (uid === jvm.uid) return
    const run = await open(join(held, RUN), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    try {
      await run.chown(jvm.uid, jvm.gid)
    } finally {
      await run.close()
    }
    // Others come through it, and see no names.
    await own.chmod(0o711)
  } finally {
    await own.close()
  }
}

async function copyAgent(agent: string, path: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants
  const copy = await open(path, O_WRONLY | O_CREAT | O_EXCL, 0o700)
  try {
    await copy.writeFile(await readFile(agent))
    await copy.chmod(0o755)
  } finally {
    await copy.close()
  }
}
