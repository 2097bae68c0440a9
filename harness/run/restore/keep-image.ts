import { cp, lstat, mkdir, readdir, rmdir, truncate, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Remaking } from '../../app/remaking/remaking.js'
import type { ImagePlace } from '../../checkpoint/criu/image.js'
import { UsageError } from '../../model/errors.js'
import type { KeptImage } from '../../model/restoration.js'

/** The folder that the user has named for an image. */
export interface KeptFolder {
  path: string
  /** The log that a process writes to from its start: an image needs the files that were open in it. */
  log: string
  /** Removes it where nothing has come into it. */
  close(): Promise<void>
}

/** Opens it: nothing that lies in it already may be lost, or be taken for a part of the image. */
export async function openKept(folder: string): Promise<KeptFolder> {
  const path = resolve(folder)
  const refuse = (why: string): never => {
    throw new UsageError(`--keep-image can't be "${folder}": ${why}.`)
  }
  const names = await readdir(path).catch((error: unknown) =>
    (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : refuse(String(error)),
  )
  if (names.length > 0) refuse('there is something in it. Name a new folder')
  await mkdir(path, { recursive: true }).catch((error: unknown) => refuse(String(error)))
  return { path, log: join(path, 'output.log'), close: () => rmdir(path).catch(() => undefined) }
}

/** What was written, with the length that the app's log had then. */
export interface Written {
  place: ImagePlace
  logBytes: number
}

/**
 * Copies an image into the user's folder with all that it needs there, and with what brings it back in a file; `restore` is
 * the command for an image that lies there.
 */
export async function keepImage(
  { path: folder, log: kept }: KeptFolder,
  { place, logBytes }: Written,
  { ours }: Remaking,
  restore: (place: ImagePlace) => string[],
): Promise<KeptImage> {
  if (ours === null) {
    await cp(place.here, folder, { recursive: true })
    await truncate(kept, logBytes)
    const line = inShell(restore({ here: folder, there: folder }))
    await writeFile(join(folder, 'restore.sh'), `#!/bin/sh\nexec ${line}\n`, { mode: 0o755 })
    return { folder, use: [line] }
  }
  const { image, folders, log, capabilities } = ours
  for (const { here, name } of folders)
    await cp(here, join(folder, name), { recursive: true, filter: isKept })
  await truncate(join(folder, log), logBytes)
  const use = [
    `FROM ${image}`,
    `COPY . ${ours.there}`,
    // Who brings back an app of another user has to be the superuser.
    'USER 0',
    `ENTRYPOINT ${JSON.stringify(restore(place))}`,
  ]
  const run = ['docker run', ...capabilities.map((name) => `--cap-add ${name}`)].join(' ')
  const text = [`# ${run} --security-opt seccomp=unconfined …`, ...use, ''].join('\n')
  await writeFile(join(folder, 'Dockerfile'), text)
  return { folder, use }
}

/** Sockets are remade by CRIU. */
const isKept = async (path: string): Promise<boolean> => {
  const state = await lstat(path)
  return state.isFile() || state.isDirectory() || state.isSymbolicLink()
}

/** A command as a shell reads it. */
export const inShell = (command: readonly string[]): string => command.map(quoted).join(' ')

const quoted = (word: string): string =>
  /^[\w./=,:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
