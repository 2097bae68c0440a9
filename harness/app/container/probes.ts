import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { probesFolder } from '../../host/package-root.js'
import { muslFolder, probesRoot } from '../../host/probe-folders.js'
import type { DockerContainer } from './engine.js'
import { tar, type TarEntry } from './sidecar/tar.js'

/** Those that run beside the app, not in it. */
const BESIDE = new Set(['attach', 'exithold', 'fdtrace', 'guard', 'peers', 'sidecar'])

/**
 * Fills the volume of a container that has not started: the probes, and the folder that the app writes to. For an
 * engine that has no part in this machine's files; nothing gets into the image or the container's own file system.
 */
export async function putProbes(container: DockerContainer, volume: string): Promise<void> {
  const folders = ['common', basename(probesFolder), basename(muslFolder)]
  const probes = (await Promise.all(folders.map(entries))).flat()
  // The app's user is not known.
  const own = ['run/', 'run/image/'].map((path) => ({ path, mode: 0o777 }))
  await container.putArchive(tar([{ path: 'probes/', mode: 0o755 }, ...probes, ...own]), { path: volume })
}

/** One folder of probes; what was not built for this machine is not there. */
async function entries(folder: string): Promise<TarEntry[]> {
  const names = await readdir(join(probesRoot, folder)).catch(() => [])
  const files: TarEntry[] = [{ path: `probes/${folder}/`, mode: 0o755 }]
  for (const name of names.filter((name) => !BESIDE.has(name)).sort()) {
    const path = join(probesRoot, folder, name)
    const { mode } = await stat(path)
    const content = await readFile(path)
    files.push({ path: `probes/${folder}/${name}`, mode: (mode & 0o111) === 0 ? 0o644 : 0o755, content })
  }
  return files
}
