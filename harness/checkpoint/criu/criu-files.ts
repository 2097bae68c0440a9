import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Criu } from './criu.js'

const LINKER = /^ld[-.]/
const SHARED = /^(.+\.so\.\d+)(?:\.\d+)*$/
/** A machine may be slow, and a wrapper may do something before it. */
const STARTED_MS = 20_000

/** CRIU with the libraries and the linker that it runs with here, in one folder: an image need have none of them. */
export interface CriuFiles {
  /** Where they lie here. */
  folder: string
  /** How it is called where the folder is known as `there`. */
  commandIn: (there: string) => string[]
}

/** Copies what CRIU consists of, by the word of the kernel on one that runs; `folder` is made for it. */
export async function copyCriu({ program }: Criu, folder: string): Promise<CriuFiles> {
  const files = await mappedBy(program)
  const names = files.map((file) => basename(file))
  const linker = names.find((name) => LINKER.test(name))
  const criu = names.find((name) => name.startsWith('criu'))
  if (criu === undefined)
    throw new Error(`${program} runs no program of the name criu, but ${names.join(', ')}`)
  await mkdir(folder)
  for (const file of files) {
    const name = basename(file)
    // A library is looked for by the name of its interface, which is a link to the file.
    const short = SHARED.exec(name)?.[1]
    await copyFile(file, join(folder, name))
    if (short !== undefined && !names.includes(short)) await copyFile(file, join(folder, short))
  }
  const commandIn = (there: string) =>
    linker === undefined
      ? [join(there, criu)]
      : [join(there, linker), '--library-path', there, join(there, criu)]
  return { folder, commandIn }
}

/** The files that are mapped by a CRIU that waits for somebody to ask it. */
async function mappedBy(program: string): Promise<string[]> {
  const folder = await mkdtemp('/tmp/criu-')
  const socket = join(folder, 's')
  const child = spawn(program, ['service', '--address', socket, '--work-dir', folder], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  ended.catch(() => undefined)
  try {
    const end = performance.now() + STARTED_MS
    while (!(await exists(socket))) {
      if (child.exitCode !== null || child.pid === undefined || performance.now() > end)
        throw new Error(`${program} does not run as a service`)
      await sleep(5)
    }
    const maps = await readFile(`/proc/${child.pid ?? 0}/maps`, 'utf8')
    return [...new Set(maps.split('\n').flatMap((line) => / (\/.*)$/.exec(line)?.[1] ?? []))]
  } finally {
    child.kill('SIGKILL')
    await ended.catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
