import { readFile } from 'node:fs/promises'
import type { Libc } from './probe-folders.js'

/** The dynamic linker that an executable names, and whose it is. */
export interface Linker {
  path: string
  libc: Libc
}

const LINKER = /\/lib[\w/.-]*\/ld-(musl|linux)[\w-]*\.so\.\d+/

/** Found in the executable's bytes; null where it names none, as a static one does. */
export function linkerIn(bytes: string): Linker | null {
  const [path, name] = LINKER.exec(bytes) ?? []
  return path === undefined ? null : { path, libc: name === 'musl' ? 'musl' : 'glibc' }
}

export const linkerOf = async (executable: string): Promise<Linker | null> =>
  linkerIn(await readFile(executable, 'latin1').catch(() => ''))
