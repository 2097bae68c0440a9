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

/** As ELF files name the processors that JVMs are built for, in Node's words. */
const MACHINES: Partial<Record<number, string>> = {
  3: 'ia32',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
}

/** The processor that an executable is for, where that is not this one's; null for a script, too. */
export function otherProcessor(bytes: string): string | null {
  if (!bytes.startsWith('\x7fELF')) return null
  const [low, high] = [bytes.charCodeAt(18), bytes.charCodeAt(19)]
  // The byte before tells the order of the others.
  const machine = bytes.charCodeAt(5) === 2 ? low * 256 + high : high * 256 + low
  const name = MACHINES[machine] ?? `a processor that ELF calls ${machine}`
  return name === process.arch ? null : name
}

export const linkerOf = async (executable: string): Promise<Linker | null> =>
  linkerIn(await readFile(executable, 'latin1').catch(() => ''))
