import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { fileBytes } from './bytes.js'
import { folderSource, jarSource, type CodeSource } from './code-sources.js'

const S_IFMT = 0o170000
const S_IFDIR = 0o040000

/**
 * Opens the sources of a class path in its order: folders, jars, `dir/*`, and what jars name in their manifests. The
 * entries are the app's own paths, and `below` tells where they are for us.
 */
export async function openSources(
  entries: string[],
  host: Host = localHost,
  below = (path: string) => path,
): Promise<CodeSource[]> {
  const sources: CodeSource[] = []
  const seen = new Set<string>()
  async function add(entry: string): Promise<void> {
    if (entry === '' || seen.has(entry)) return
    seen.add(entry)
    if (basename(entry) === '*') {
      for (const jar of await jarsIn(dirname(entry))) await add(jar)
      return
    }
    const found = await host.stat(below(entry)).catch(() => null)
    if (found === null) return
    if ((found.mode & S_IFMT) === S_IFDIR) {
      sources.push(folderSource(below(entry), host))
      return
    }
    const source = jarSource(basename(entry), () => fileBytes(below(entry), host))
    sources.push(source)
    for (const url of await source.classPath()) {
      const path = besideJar(url, entry)
      if (path !== null) await add(path)
    }
  }
  /** The JVM takes the jars of a wildcard in any order; a sorted one makes our answer the same on every run. */
  async function jarsIn(folder: string): Promise<string[]> {
    const names = await host.readdir(below(folder)).catch(() => [])
    return names
      .filter((name) => /\.jar$/i.test(name))
      .sort()
      .map((name) => join(folder, name))
  }
  for (const entry of entries) await add(entry)
  return sources
}

function besideJar(url: string, jar: string): string | null {
  try {
    const found = new URL(url, pathToFileURL(resolve(jar)))
    return found.protocol === 'file:' ? fileURLToPath(found).replace(/\/$/, '') : null
  } catch {
    return null
  }
}
