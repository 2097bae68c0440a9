import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import type { Linker } from '../../../host/linker.js'
import { library } from './preload.js'

/** A `java` on this machine that is to be started under the library. */
export interface Launcher {
  java: string
  /** The dynamic linker that it names; null where it is static. */
  linker: Linker | null
  /** How it gets our own paths. */
  inside: (text: string) => string
}

const SET_ID = 0o6000

/**
 * Why the dynamic linker does not load the library into this launcher, as it says when it is made to list what it would
 * load; null where it does.
 */
export async function whyNotPreloaded(launcher: Launcher): Promise<string | null> {
  const { java, linker, inside } = launcher
  const path = inside(library)
  if ((await listed(launcher, { ...process.env, LD_PRELOAD: path })).includes(path)) return null
  if (linker === null) return 'it is linked statically'
  return (await hasOtherId(java)) ? 'it is set-uid or set-gid' : 'it has file capabilities (getcap tells)'
}

const hasOtherId = async (java: string): Promise<boolean> => ((await stat(java)).mode & SET_ID) !== 0

/**
 * glibc's lists where the program is started as it would be, and ignores LD_PRELOAD there where the program has more
 * rights than its user; the variable means nothing to a static one. musl's lists only where it is the program that is
 * started, which has no such rights.
 */
async function listed({ java, linker }: Launcher, env: NodeJS.ProcessEnv): Promise<string> {
  if (linker?.libc !== 'musl')
    return await output(java, ['-version'], { ...env, LD_TRACE_LOADED_OBJECTS: '1' })
  return (await hasOtherId(java)) ? '' : await output(linker.path, ['--list', java], env)
}

/** What it prints, however it ends. */
const output = (command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((resolve) => {
    execFile(command, args, { env, timeout: 10_000 }, (_error, stdout) => {
      resolve(stdout)
    })
  })
