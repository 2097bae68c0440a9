/** Which of the compiled probes this machine and an app's C library take. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../model/errors.js'
import { probesFolder } from './package-root.js'

export type Libc = 'glibc' | 'musl'

/** It holds a folder for each processor and C library, and one for what is common to all. */
export const probesRoot = dirname(probesFolder)
export const muslFolder = `${probesFolder}-musl`

/** What a JVM loads is linked against its C library. The gate is static, and the profiler asks for nothing that only one has. */
const LINKED = ['libbootstacks.so', 'libfdpreload.so', 'librehearsal.so']

/** A text for an app that names our libraries: those that its C library can load. */
export const forLibc = (text: string, libc: Libc): string =>
  libc === 'glibc'
    ? text
    : LINKED.reduce((known, name) => known.replaceAll(join(probesFolder, name), join(muslFolder, name)), text)

/** Why no JVM of a C library can be observed; null where it can. */
export function libcRefusal(libc: Libc): string | null {
  if (libc === 'glibc' || existsSync(muslFolder)) return null
  return `the agents for musl are not built: there is no ${muslFolder}. Install musl-tools (Debian’s name) and run "npm run build"`
}

/** Without probes not even the app's own folder could be made: said before anything is begun. */
export function assertProbes(): void {
  if (existsSync(probesFolder)) return
  const machine = `${process.platform}-${process.arch}`
  throw new AppError(
    'APP_NOT_STARTED',
    ['linux-x64', 'linux-arm64'].includes(machine)
      ? `The probes for ${machine} are not there (${probesFolder}). Run "npm run build" in a checkout of crac-preflight, or install the package again.`
      : `crac-preflight has no probes for ${machine}: it runs on linux-x64 and linux-arm64.`,
  )
}
