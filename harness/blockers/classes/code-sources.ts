import { basename, join } from 'node:path'
import type { Host } from '../../host/host.js'
import { coordinates, ownPom, pomProperties } from './artifact.js'
import type { Bytes } from './bytes.js'
import { openEntry, readDirectory, readEntry, type ZipEntry } from './zip.js'

/** A class that was found: what it came from, and its bytes when they are wanted. */
interface FoundClass {
  /** The jar's file name, or a folder's last component with a slash. */
  from: string
  artifact: string | null
  read(): Promise<Buffer>
}

/** A jar or a folder of classes. */
export interface CodeSource {
  /** `path` is the class file's: `com/acme/Pool.class`. */
  find(path: string): Promise<FoundClass | null>
  /** The manifest's Class-Path: relative URLs of further sources. */
  classPath(): Promise<string[]>
}

/** Where a jar keeps its classes: at the root, or as Spring Boot's loader and servlet containers have it. */
const classFolders = ['', 'BOOT-INF/classes/', 'WEB-INF/classes/']
const nestedJars = /^(?:BOOT-INF\/lib|WEB-INF\/lib(?:-provided)?)\/[^/]+\.jar$/
const MANIFEST = 'META-INF/MANIFEST.MF'

/**
 * How agents keep the classes of their own loaders in their jar: in one folder of it, and under an extension that keeps
 * the app's loader from finding them (`inst/io/acme/Sender.classdata`, `agent/co/acme/Sender.esclazz`).
 */
const hiddenClass = /^[^/]+\/(.+)\.(?:classdata|esclazz)$/

const wanted = (name: string) =>
  name.endsWith('.class') ||
  hiddenClass.test(name) ||
  name === MANIFEST ||
  nestedJars.test(name) ||
  pomProperties.test(name)

/** A folder of classes, such as `target/classes`. */
export function folderSource(path: string, host: Host): CodeSource {
  return {
    async find(classPath) {
      const bytes = await host.readFile(join(path, classPath)).catch(() => null)
      return bytes && { from: `${basename(path)}/`, artifact: null, read: () => Promise.resolve(bytes) }
    },
    classPath: () => Promise.resolve([]),
  }
}

/** A jar, with the jars inside it; nothing is read before the first look-up. */
export function jarSource(name: string, open: () => Promise<Bytes>): CodeSource {
  // A jar that can't be read holds no class for us: the report is still worth having without its name.
  const load = once(() => loadJar(name, open).catch(() => null))
  return {
    find: async (path) => (await load())?.find(path) ?? null,
    classPath: async () => (await load())?.classPath() ?? [],
  }
}

async function loadJar(name: string, open: () => Promise<Bytes>): Promise<CodeSource> {
  const bytes = await open()
  const entries = await readDirectory(bytes, wanted)
  const content = async (entry: ZipEntry | undefined) => (entry ? await readEntry(bytes, entry) : null)
  const nested = [...entries]
    .filter(([path]) => nestedJars.test(path))
    .map(([path, entry]) => jarSource(basename(path), () => openEntry(bytes, entry)))
  const hidden = new Map<string, ZipEntry>(
    [...entries].flatMap(([name, entry]) => {
      const own = hiddenClass.exec(name)?.[1]
      return own === undefined ? [] : [[`${own}.class`, entry] as const]
    }),
  )
  const artifact = once(async () => {
    const pom = await content(entries.get(ownPom([...entries.keys()], name) ?? ''))
    return pom && coordinates(pom.toString('utf8'))
  })
  return {
    async find(path) {
      const found = classFolders
        .map((folder) => entries.get(folder + path))
        .find((entry) => entry !== undefined)
      const entry = found ?? hidden.get(path)
      if (entry !== undefined)
        return { from: name, artifact: await artifact(), read: () => readEntry(bytes, entry) }
      for (const jar of nested) {
        const found = await jar.find(path)
        if (found !== null) return found
      }
      return null
    },
    async classPath() {
      const manifest = (await content(entries.get(MANIFEST)))?.toString('utf8') ?? ''
      // The manifest folds its lines: a continuation begins with one space.
      const unfolded = manifest.replace(/\r?\n /g, '')
      return /^Class-Path:(.*)$/im.exec(unfolded)?.[1]?.trim().split(/\s+/) ?? []
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
