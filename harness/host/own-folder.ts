import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdtemp, open, type FileHandle } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { basename, join } from 'node:path'
import { place, startOf } from './harness-process.js'
import { probesFolder } from './package-root.js'
import { inItsRoot, O_PATH } from './process-root.js'

export const PREFIX = 'crac-preflight-'

/** In letters that a file's name may have, and few of them, as paths of agents and sockets must be short. */
export const here = (): string => createHash('sha256').update(place()).digest('hex').slice(0, 12)

/**
 * A folder that this harness has made, and that a program of its own removes: when it is asked to, or when the harness has
 * ended. Both hold the folder around it open, so that nobody can put another one in its place.
 */
export class OwnFolder {
  private removed: Promise<void> | undefined

  private constructor(
    /** Where it lies, as its maker names it. */
    readonly path: string,
    private readonly around: FileHandle,
    private readonly guard: ChildProcess,
    private readonly guarded: Promise<string | null>,
  ) {}

  /** `parent` may be one of an app with a root of its own: `/proc/PID/root/tmp`. */
  static async make(parent: string): Promise<OwnFolder> {
    const { O_DIRECTORY } = constants
    const around = await inItsRoot(parent, 'follow', (path) => open(path, O_PATH | O_DIRECTORY))
    const prefix = `${PREFIX}${process.pid}-${here()}-${startOf('self')}-`
    try {
      const name = basename(await mkdtemp(join(pathOf(around), prefix)))
      const guard = startGuard(`/proc/self/fd/3/${name}`, around.fd)
      return new OwnFolder(join(parent, name), around, guard, outcomeOf(guard))
    } catch (error) {
      await around.close()
      throw error
    }
  }

  /** A path that leads to the folder itself, whatever has become of those around it; as long as it is there. */
  get held(): string {
    return join(pathOf(this.around), basename(this.path))
  }

  remove(): Promise<void> {
    this.removed ??= this.tellGuard()
    return this.removed
  }

  private async tellGuard(): Promise<void> {
    this.guard.ref()
    this.guard.stdin?.end()
    const failure = await this.guarded
    await this.around.close()
    if (failure !== null) throw notRemoved(this.path, failure)
  }
}

/** Removes a folder that belongs to this user; of another's it says so. */
export async function removeOwn(path: string): Promise<void> {
  const guard = startGuard(path)
  guard.ref()
  guard.stdin?.end()
  const failure = await outcomeOf(guard)
  if (failure !== null) throw notRemoved(path, failure)
}

const pathOf = (folder: FileHandle): string => `/proc/self/fd/${folder.fd}`

function startGuard(path: string, inherited?: number): ChildProcess {
  // A session of its own: what ends the harness's whole group must not end the guard with it.
  const guard = spawn(join(probesFolder, 'guard'), ['--folder', path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe', ...(inherited === undefined ? [] : [inherited])],
  })
  guard.unref()
  for (const stream of [guard.stdin, guard.stderr]) (stream as Socket).unref()
  guard.stdin?.on('error', () => undefined)
  return guard
}

/** Null where the folder has gone. */
function outcomeOf(guard: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let said = ''
    guard.stderr?.on('data', (text: Buffer) => (said += text.toString()))
    guard.on('error', (error) => {
      resolve(`${error.message}. Run "npm run build" in a checkout of crac-preflight`)
    })
    guard.on('close', (code, signal) => {
      resolve(code === 0 ? null : said.trim() || `its guard ended with ${String(signal ?? code)}`)
    })
  })
}

/** The guard names the folder as it is led to it, which helps nobody. */
const notRemoved = (path: string, failure: string): Error => {
  const why = failure.replace(/^guard: .* can't be removed: /, '')
  return new Error(`The harness's own folder ${path} is left behind: ${why}. Remove it by hand.`)
}
