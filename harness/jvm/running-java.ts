import { basename, dirname, join } from 'node:path'
import type { Host } from '../host/host.js'
import { readMaps } from '../host/procfs/maps.js'
import { describeJava, type JavaInstallation } from './java.js'

/**
 * The installation that a running JVM is of; `root` is where its file system begins. Null where its files can't be read:
 * what can't be read is not taken for a JDK of another kind.
 */
export async function javaOfJvm(
  pid: number,
  { host, root }: { host: Host; root: string | null },
): Promise<JavaInstallation | null> {
  const home = await homeOf(pid, host)
  if (home === null) return null
  const here = (path: string) => `${root ?? ''}${path}`
  const release = await host.readText(here(join(home, 'release'))).catch(() => '')
  if (release === '') return null
  return await describeJava(home, release, (path) =>
    host.stat(here(path)).then(
      () => true,
      () => false,
    ),
  )
}

/** Its launcher's, or that of the library where a program of its own started it. */
async function homeOf(pid: number, host: Host): Promise<string | null> {
  const program = await host.readlink(`/proc/${pid}/exe`).catch(() => '')
  if (basename(program) === 'java') return dirname(dirname(program))
  const library = (await readMaps(pid, host)).find(({ path }) => path.endsWith('/lib/server/libjvm.so'))
  return library === undefined ? null : dirname(dirname(dirname(library.path)))
}
