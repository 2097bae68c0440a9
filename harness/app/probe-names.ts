import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isPlain } from '../host/plain-path.js'
import { forLibc, probesRoot, type Libc } from '../host/probe-folders.js'

/**
 * How an app on this machine gets our files: those for its C library, under names that JVM options and LD_PRELOAD
 * carry. Where the package's own path is none, a link in the harness's folder leads to it.
 */
export async function nameProbes(folder: string, libc: Libc): Promise<(text: string) => string> {
  if (isPlain(probesRoot)) return (text) => forLibc(text, libc)
  const link = join(folder, 'probes')
  await symlink(probesRoot, link)
  return (text) => forLibc(text, libc).replaceAll(probesRoot, link)
}
