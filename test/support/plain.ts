/** Files of the checkout under names that LD_PRELOAD, JVM options and a JVM in the C locale carry, wherever it lies. */
import { symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPlain } from '../../harness/host/plain-path.js'
import { packageRoot } from '../../harness/host/package-root.js'

/** As it is where the checkout's own path is such a name; else through a link in the folder of this run. */
export function plain(path: string): string {
  if (isPlain(packageRoot)) return path
  const link = join(tmpdir(), 'checkout')
  try {
    symlinkSync(packageRoot, link)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return path.replaceAll(packageRoot, link)
}

/** A sanitizer's options, for the programs of `npm run test:sanitizers`. */
const options = Object.entries(process.env).filter(([name]) => /^(?:A|T|UB)SAN_OPTIONS$/.test(name))

/**
 * The environment in which a library of ours is preloaded. What a sanitizer watches needs the sanitizer's own library before
 * it, as the program brings none.
 */
export const preloading = (library: string): Record<string, string> => ({
  LD_PRELOAD: [process.env.PREFLIGHT_SANITIZER ?? '', plain(library)].filter((each) => each !== '').join(':'),
  ...(Object.fromEntries(options) as Record<string, string>),
})
