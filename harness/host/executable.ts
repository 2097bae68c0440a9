import { access, constants, realpath } from 'node:fs/promises'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

/** The executable that a command would run, symbolic links followed; null where there is none. */
export async function findExecutable(name: string, cwd: string, path: string): Promise<string | null> {
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : resolve(cwd, name)]
    : path.split(delimiter).map((folder) => join(resolve(cwd, folder), name))
  for (const candidate of candidates)
    try {
      await access(candidate, constants.X_OK)
      return await realpath(candidate)
    } catch {
      // The next folder of PATH may have it.
    }
  return null
}
