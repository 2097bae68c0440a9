import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { open, readdir, readFile, readlink, stat, unlink, type FileHandle } from 'node:fs/promises'
import { Socket } from 'node:net'
import type { Duplex, Readable, Writable } from 'node:stream'
import { inItsRoot } from './process-root.js'

/** What `stat` tells of a file, as far as anybody asks. */
export interface FileStatus {
  dev: number
  ino: number
  /** st_mode. */
  mode: number
  size: number
}

/** A program that runs beside the app's processes. */
export interface Program {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** How it ended, when all its output has been read: `exit status 1`, `SIGKILL`. Rejects where it can't be run. */
  readonly ended: Promise<string>
  kill(): void
}

/** How a file is read in the harness's own folder, where the app may put anything: a link there leads nowhere. */
export interface HowToRead {
  follow: false
}

/**
 * The machine that the app's processes run on: whatever is asked of them or done to them goes through here. Paths are
 * that machine's, but for those below the harness's own folder, which are what the app has written there.
 */
export interface Host {
  /** Equal for all who see the same machine in the same way: what is shared between apps is shared by it. */
  readonly machine: object
  /** Of regular files only, as all that reads. */
  read(path: string, offset: number, length: number): Promise<Buffer>
  readFile(path: string, how?: HowToRead): Promise<Buffer>
  readText(path: string, how?: HowToRead): Promise<string>
  readlink(path: string): Promise<string>
  readdir(path: string): Promise<string[]>
  /** Of what links lead to. */
  stat(path: string): Promise<FileStatus>
  /** Makes an empty file that is not there yet, for whoever runs as this user. */
  create(path: string, owner: { uid: number; gid: number }): Promise<void>
  unlink(path: string): Promise<void>
  kill(pid: number, signal: 'SIGCONT' | 'SIGQUIT' | 'SIGTERM' | 'SIGKILL' | 0): Promise<void>
  /** The parent of every process. */
  parents(): Promise<Map<number, number>>
  /** CLOCK_MONOTONIC, nanoseconds. */
  now(): Promise<number>
  /** Connects to a unix socket; what goes wrong is an `error` of the stream. */
  connect(path: string): Duplex
  /** Runs one of our probes; `binary` is where it lies on the harness's own machine. */
  run(binary: string, args: string[]): Program
}

/** The harness's own machine. */
export const localHost: Host = {
  machine: {},
  read: readPart,
  readFile: readWhole,
  readText: async (path, how) => (await readWhole(path, how)).toString('utf8'),
  readlink: (path) => inItsRoot(path, 'keep', (path) => readlink(path)),
  readdir: (path) => inItsRoot(path, 'follow', (path) => readdir(path)),
  stat: (path) => inItsRoot(path, 'follow', (path) => stat(path)),
  create: createFor,
  unlink: (path) => inItsRoot(path, 'keep', (path) => unlink(path)),
  kill: (pid, signal) =>
    new Promise((resolve) => {
      process.kill(pid, signal)
      resolve()
    }),
  parents: readParents,
  now: () => Promise.resolve(Number(process.hrtime.bigint())),
  connect: connectTo,
  run,
}

function readPart(path: string, offset: number, length: number): Promise<Buffer> {
  return reading(path, undefined, async (file) => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset)
    return buffer.subarray(0, bytesRead)
  })
}

function readWhole(path: string, how?: HowToRead): Promise<Buffer> {
  return reading(path, how, (file) => file.readFile())
}

/** The app may put anything anywhere: a pipe to which nobody writes would hold up whoever opens it. */
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

function connectTo(path: string): Duplex {
  const socket = new Socket()
  // What is written before it is known where to has to wait.
  socket.cork()
  inItsRoot(path, 'follow', async (path) => {
    if (socket.destroyed) return
    const settled = Promise.race([once(socket, 'connect'), once(socket, 'close')])
    socket.connect({ path })
    socket.uncork()
    await settled
  }).catch((error: unknown) => socket.destroy(error as Error))
  return socket
}

/** From /proc/N/stat, whose fourth field is the parent; the `children` files exist only in some kernels. */
async function readParents(): Promise<Map<number, number>> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null)
    // The second field is the command in parentheses, which may hold spaces and parentheses itself.
    if (status !== null)
      parents.set(Number(name), Number(status.slice(status.lastIndexOf(')') + 1).split(' ')[2]))
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
