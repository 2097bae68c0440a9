import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { UsageError } from '../model/errors.js'

/**
 * Whether everything passes a path on as it is: the dynamic linker splits LD_PRELOAD at spaces and colons, a JVM the name
 * of an agent at "=" and JAVA_TOOL_OPTIONS at quotes, agents their options at commas and "%", and a JVM in the C locale
 * reads ASCII only.
 */
export const isPlain = (path: string): boolean => /^[\w/.+@~-]*$/.test(path)

/** Where the harness's own folders may lie: the user's temporary folder, else one that every JVM needs for its attach socket. */
export async function plainTemporaryFolder(): Promise<string> {
  const own = await realpath(tmpdir()).catch(() => tmpdir())
  if (isPlain(own)) {
    await assertUsable(own)
    return own
  }
  for (const folder of ['/tmp', '/var/tmp']) if (await isWritable(folder)) return folder
  throw new UsageError(
    `TMPDIR can't be "${own}": JVM options can't carry that path, and neither /tmp nor /var/tmp can be written in its place. Use a folder whose path has only ASCII letters, digits and the signs / . + @ ~ _ -.`,
  )
}

async function assertUsable(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => (error as NodeJS.ErrnoException).code)
  const why =
    typeof found !== 'object'
      ? found === 'ENOENT' || found === 'ENOTDIR'
        ? 'there is no such folder'
        : `it can't be looked at (${found})`
      : !found.isDirectory()
        ? 'that is no folder'
        : (await isWritable(folder))
          ? null
          : 'this user may not write to it'
  if (why !== null)
    throw new UsageError(
      `The temporary folder can't be "${folder}": ${why}. Make it, or set TMPDIR to a folder that you may write to.`,
    )
}

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
