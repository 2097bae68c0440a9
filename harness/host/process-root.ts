import { append } from '../model/lists.js'
import { constants, readlinkSync, statSync } from 'node:fs'
import { open, readlink, type FileHandle } from 'node:fs/promises'

/** Opens a name and not what lies there: of x86-64 and arm64, as Node has no word for it. */
export const O_PATH = 0o10000000
/** As many as the kernel follows. */
const MOST_LINKS = 40

/**
 * Gives `use` a path that leads where `path` leads the process itself, if it is one below `/proc/PID/root`. The kernel
 * would follow an absolute link there to a file of ours, and what lies there is the app's: any name may be a link.
 * A link at the end is followed or kept as it is; the path lasts as long as `use`.
 */
export async function inItsRoot<T>(
  path: string,
  end: 'follow' | 'keep',
  use: (path: string) => Promise<T>,
): Promise<T> {
  const [, pid, rest = ''] = /^\/proc\/(\d+)\/root(?:\/(.*))?$/s.exec(path) ?? []
  if (pid === undefined || sharesOurs(pid)) return await use(path)
  const walk = new Walk(await open(`/proc/${pid}/root`, O_PATH | constants.O_DIRECTORY))
  try {
    return await use(await walk.to(rest, end))
  } catch (error) {
    // The reader of the message knows the path that was asked for, and no other.
    if (error instanceof Error)
      error.message = error.message.replace(/'\/proc\/self\/fd\/[^']*'/, `'${path}'`)
    throw error
  } finally {
    await walk.close()
  }
}

/** The usual app is a process like ourselves: its paths are ours. Asked each time and at once, as pids are used again. */
function sharesOurs(pid: string): boolean {
  const [its, ours] = [`/proc/${pid}`, '/proc/self']
  try {
    if (readlinkSync(`${its}/ns/mnt`) !== readlinkSync(`${ours}/ns/mnt`)) return false
    if (readlinkSync(`${its}/root`) !== readlinkSync(`${ours}/root`)) return false
    // A root above our own has the same name as ours.
    const [one, other] = [statSync(`${its}/root`), statSync(`${ours}/root`)]
    return one.dev === other.dev && one.ino === other.ino
  } catch {
    return false
  }
}

/** Goes from folder to folder, each held open: what the app renames or replaces meanwhile leads nowhere else. */
class Walk {
  private readonly way: FileHandle[]
  private links = MOST_LINKS

  constructor(root: FileHandle) {
    this.way = [root]
  }

  async to(path: string, end: 'follow' | 'keep'): Promise<string> {
    const names = path.split('/').reverse()
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      if (name === '' || name === '.') continue
      if (name === '..') {
        await this.back(Math.max(1, this.way.length - 1))
        continue
      }
      const next = `${this.here()}/${name}`
      if (names.length === 0 && end === 'keep') return next
      const leads = await linkOf(next)
      if (leads === null) {
        this.way.push(await open(next, O_PATH | constants.O_NOFOLLOW))
        continue
      }
      if (this.links-- === 0)
        throw Object.assign(new Error(`ELOOP: too many symbolic links, open '${next}'`), { code: 'ELOOP' })
      if (leads.startsWith('/')) await this.back(1)
      append(names, leads.split('/').reverse())
    }
    return this.here()
  }

  async close(): Promise<void> {
    await this.back(0)
  }

  private here(): string {
    return `/proc/self/fd/${this.way.at(-1)?.fd ?? -1}`
  }

  private async back(length: number): Promise<void> {
    await Promise.all(this.way.splice(length).map((folder) => folder.close()))
  }
}

/** What a link says; null of all else. */
function linkOf(path: string): Promise<string | null> {
  return readlink(path).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'EINVAL') return null
    throw error
  })
}
