import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
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
  if (isPlain(own)) return own
  for (const folder of ['/tmp', '/var/tmp']) if (await isWritable(folder)) return folder
  throw new UsageError(
    `TMPDIR can't be "${own}": JVM options can't carry that path, and neither /tmp nor /var/tmp can be written in its place. Use a folder whose path has only ASCII letters, digits and the signs / . + @ ~ _ -.`,
  )
}

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
