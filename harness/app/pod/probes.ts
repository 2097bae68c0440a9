import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../model/errors.js'
import { probesFolder } from '../../host/package-root.js'
import { muslFolder, probesRoot } from '../../host/probe-folders.js'

const own = basename(probesFolder)
const musl = basename(muslFolder)
const LIBRARIES = ['libbootstacks.so', 'libfdpreload.so', 'librehearsal.so']

export const GATE = `${own}/gate`
export const SIDECAR = `${own}/sidecar`

/** All that a pod needs of the probes, by its path below their folder. */
const NEEDED = [GATE, SIDECAR, 'common/rehearsal.jar', ...LIBRARIES.map((name) => `${own}/${name}`)]
const WHERE_BUILT = LIBRARIES.map((name) => `${musl}/${name}`)

/** What a ConfigMap holds, in bytes. */
const MOST = 2 ** 20

/** Reads them: some 750 KB, so that one ConfigMap holds them all. */
export async function readProbes(): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for (const path of NEEDED) found.set(path, await readFile(join(probesRoot, path)))
  for (const path of WHERE_BUILT) {
    const content = await readFile(join(probesRoot, path)).catch(() => null)
    if (content !== null) found.set(path, content)
  }
  const size = [...found.values()].reduce((sum, { length }) => sum + length, 0)
  if (size <= MOST) return found
  throw new AppError(
    'APP_NOT_STARTED',
    `The probes of this build are ${size} bytes, and a ConfigMap, in which they reach a pod, holds ${MOST}. Install the package, or build it with musl-tools, which makes them small.`,
  )
}
