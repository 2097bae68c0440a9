import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DockerContainer } from './engine.js'
import { tar, type TarEntry } from './sidecar/tar.js'

/** Those that run beside the app, not in it. */
const BESIDE = new Set(['exithold', 'fdtrace', 'peers', 'sidecar'])

/**
 * Fills the volume of a container that has not started: the probes, and the folder that the app writes to. For an
 * engine that has no part in this machine's files; nothing gets into the image or the container's own file system.
 */
export async function putProbes(container: DockerContainer, probes: string, volume: string): Promise<void> {
  await container.putArchive(tar(await entries(probes)), { path: volume })
}

async function entries(probes: string): Promise<TarEntry[]> {
  const names = (await readdir(probes)).filter((name) => !BESIDE.has(name)).sort()
  const files: TarEntry[] = []
  for (const name of names) {
    const path = join(probes, name)
    const { mode } = await stat(path)
    const content = await readFile(path)
    files.push({ path: `probes/${name}`, mode: (mode & 0o111) === 0 ? 0o644 : 0o755, content })
  }
  // The app's user is not known.
  const folders = ['run/', 'run/image/'].map((path) => ({ path, mode: 0o777 }))
  return [{ path: 'probes/', mode: 0o755 }, ...files, ...folders]
}
