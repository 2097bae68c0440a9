import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { lstat, open, readdir, readFile, readlink, stat, unlink, type FileHandle } from 'node:fs/promises'
import { type Socket } from 'node:net'
import { LONGEST_OF_APPS, type Host, type HowToRead, type Program } from './host.js'
import { connectToListener } from './listener.js'
import { readFdinfo } from './procfs/fdinfo.js'
import { inItsRoot } from './process-root.js'
import { parseStat } from './procfs/stat.js'

/** The harness's own machine. */
export const localHost: Host = {
  machine: {},
  read: readPart,
  readFile: readWhole,
  readText: async (path, how) => (await readWhole(path, how)).toString('utf8'),
  readlink: (path) => inItsRoot(path, 'keep', (path) => readlink(path)),
  fdinfo: readFdinfo,
  readdir: (path) => inItsRoot(path, 'follow', (path) => readdir(path)),
  stat: (path, how) =>
    how ? inItsRoot(path, 'keep', (path) => lstat(path)) : inItsRoot(path, 'follow', (path) => stat(path)),
  create: createFor,
  unlink: (path) => inItsRoot(path, 'keep', (path) => unlink(path)),
  kill: (pid, signal) =>
    new Promise((resolve) => {
      process.kill(pid, signal)
      resolve()
    }),
  parents: readParents,
  now: () => Promise.resolve(Number(process.hrtime.bigint())),
  connect: connectToListener,
  run,
}

function readPart(path: string, offset: number, length: number): Promise<Buffer> {
  return reading(path, undefined, async (file) => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset)
    return buffer.subarray(0, bytesRead)
  })
}

function readWhole(path: string, how?: HowToRead): Promise<Buffer> {
  return reading(path, how, async (file) => {
    // Where the app may put anything, it may put anything as long.
    if (how && (await file.stat()).size > LONGEST_OF_APPS)
      throw Object.assign(new Error(`EFBIG: '${path}' is longer than ${LONGEST_OF_APPS} bytes`), {
        code: 'EFBIG',
      })
    return await file.readFile()
  })
}

/** The app may put anything anywhere: a pipe without a writer would hold up its reader. */
function reading<T>(
  path: string,
  how: HowToRead | undefined,
  read: (file: FileHandle) => Promise<T>,
): Promise<T> {
  return inItsRoot(path, how ? 'keep' : 'follow', async (path) => {
    const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants
    const file = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (how ? O_NOFOLLOW : 0))
    try {
      if (!(await file.stat()).isFile())
        throw Object.assign(new Error(`EINVAL: '${path}' is no regular file`), { code: 'EINVAL' })
      return await read(file)
    } finally {
      await file.close()
    }
  })
}

function createFor(path: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  return inItsRoot(path, 'keep', async (path) => {
    const file = await open(path, 'wx', 0o600)
    try {
      if (process.getuid?.() !== uid) await file.chown(uid, gid)
    } catch (error) {
      await unlink(path).catch(() => undefined)
      throw error
    } finally {
      await file.close()
    }
  })
}

/** From /proc/N/stat: the `children` files exist only in some kernels. */
async function readParents(): Promise<Map<number, number>> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = parseStat(await readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''))
    if (stat !== null) parents.set(Number(name), stat.parent)
  }
  return parents
}

function run(binary: string, args: string[]): Program {
  // A session of its own: Ctrl-C in the terminal must not end a tracer before the harness has its snapshot.
  const child = spawn(binary, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  // A forgotten one must not keep the harness alive; when the harness ends, its standard input does.
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket).unref()
  const ended = once(child, 'close').then((how: unknown[]) =>
    typeof how[1] === 'string' ? how[1] : `exit status ${String(how[0])}`,
  )
  const { stdin, stdout, stderr } = child
  return { stdin, stdout, stderr, ended, kill: () => void child.kill('SIGKILL') }
}
