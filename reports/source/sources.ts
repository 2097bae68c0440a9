/** Finds the source file of a Java frame in the repository at hand, so that a CI shows a blocker on its line. */
import { existsSync, readdirSync, readFileSync, type Dirent } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Frame } from '../../harness/model/report.js'

/** Folders that hold no sources, or only copies of them. */
const SKIPPED = new Set(['node_modules', 'target', 'build', 'dist', 'out', 'bin'])
const SOURCE = /\.(?:java|kt|scala|groovy|clj)$/
/** A repository that is larger is not searched to its end. */
const MOST_ENTRIES = 300_000
/** Files of one name that are opened to look for their package. */
const MOST_OPENED = 20
const PACKAGE = /^[ \t]*package[ \t]+([\w.]+)/m

export class Sources {
  private static readonly known = new Map<string, Sources>()
  private byName: Map<string, string[]> | undefined
  private readonly found = new Map<string, string | null>()

  private constructor(
    /** The repository's folder; what is found is named from there. */
    readonly root: string,
  ) {}

  /** Those of the repository that a folder is in, or of the folder itself where it is in none. */
  static around(folder = process.cwd()): Sources {
    const root = repositoryOf(folder) ?? resolve(folder)
    const sources = Sources.known.get(root) ?? new Sources(root)
    Sources.known.set(root, sources)
    return sources
  }

  /** The one file that a frame can be of; null where there is none, or several. */
  find({ class: name, file }: Frame): string | null {
    if (file === null) return null
    const inPackage = name.split('.').slice(0, -1)
    const key = [...inPackage, file].join('/')
    let found = this.found.get(key)
    if (found === undefined) this.found.set(key, (found = this.search(inPackage, file)))
    return found
  }

  private search(inPackage: readonly string[], file: string): string | null {
    this.byName ??= indexOf(this.root)
    const candidates = this.byName.get(file) ?? []
    // Nothing but its name tells a class of no package from another `Main`.
    if (inPackage.length === 0 && candidates.length > 1) return null
    const path = ['', ...inPackage, file].join('/')
    const likely =
      candidates.length > MOST_OPENED
        ? candidates.filter((each) => `/${each}`.endsWith(path)).slice(0, MOST_OPENED)
        : candidates
    const [only, ...others] = likely.filter(
      (each) => packageOf(join(this.root, each)) === inPackage.join('.'),
    )
    return only !== undefined && others.length === 0 ? only : null
  }
}

function repositoryOf(folder: string): string | null {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (at === dirname(at)) return null
  }
}

/** Every source file by its name, as paths from the root. */
function indexOf(root: string): Map<string, string[]> {
  const byName = new Map<string, string[]>()
  const folders = [root]
  let entries = 0
  for (let folder = folders.pop(); folder !== undefined && entries < MOST_ENTRIES; folder = folders.pop())
    for (const entry of entriesOf(folder)) {
      entries++
      const path = join(folder, entry.name)
      if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) folders.push(path)
      else if (entry.isFile() && SOURCE.test(entry.name))
        byName.set(entry.name, [...(byName.get(entry.name) ?? []), relative(root, path)])
    }
  return byName
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // What can't be read is no place to show a line of.
    return []
  }
}

/** Kotlin and Scala need no folder for a package. */
function packageOf(file: string): string | null {
  try {
    return PACKAGE.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  } catch {
    return null
  }
}
