import { join } from 'node:path'
import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'
import { fileBytes } from './bytes.js'
import { hostOf, isJdkName, plainName } from '../../model/class-names.js'
import { openSources } from './class-path.js'
import { sourceFileOf } from './classfile.js'
import { openRuntimeImage, type RuntimeImage } from './jimage.js'

/** Where a class came from. */
export interface ClassOrigin {
  jdk: boolean
  /** The module of the run-time image that holds it; null for classes of the class path. */
  module: string | null
  /** The jar's file name, a folder's last component with a slash, or the name of an app's module in the image. */
  jar: string | null
  /** `group:artifact:version` from the jar itself. */
  artifact: string | null
  /** Null for generated classes too: no line of theirs stands in a file. */
  sourceFile: string | null
}

/** Tells where classes came from. */
export interface ClassIndex {
  find(className: string): Promise<ClassOrigin | null>
}

export interface ClassPlaces {
  /** The folder that holds `lib/modules`; null where it is not known. */
  javaHome: string | null
  /** Absolute paths: folders, jars, and `dir/*`. */
  classPath: string[]
  /** Other jars that the app holds open: bundles, plug-ins. */
  jars: string[]
  /** What the paths lie under, when the app has a file system of its own: `/proc/PID/root`. */
  root?: string
  /** Where these files are; here unless given. */
  host?: Host
}

/** Opens the index of all classes that the app can have; files are read when a class is first looked for. */
export function openClassIndex(where: ClassPlaces): Promise<ClassIndex> {
  const { host = localHost } = where
  // Not joined: that would take `..` beyond the root.
  const below = (path: string) => `${where.root ?? ''}${path}`
  const image = where.javaHome === null ? null : openImage(below(join(where.javaHome, 'lib/modules')), host)
  let sources: ReturnType<typeof openSources> | undefined
  const cache = new Map<string, Promise<ClassOrigin | null>>()

  /** A class under exactly this name. */
  async function findExactly(className: string): Promise<ClassOrigin | null> {
    const inImage = await (await image)?.find(className)
    if (inImage) {
      const { module } = inImage
      const jdk = /^(?:java|jdk)\./.test(module)
      const bytes = await inImage.read()
      return {
        jdk,
        module,
        jar: jdk ? null : module,
        artifact: null,
        sourceFile: bytes && sourceFileOf(bytes),
      }
    }
    sources ??= openSources([...where.classPath, ...where.jars], host, below)
    const path = `${className.replaceAll('.', '/')}.class`
    for (const source of await sources) {
      const found = await source.find(path)
      if (found === null) continue
      const bytes = await found.read().catch(() => null)
      const sourceFile = bytes && sourceFileOf(bytes)
      return { jdk: false, module: null, jar: found.from, artifact: found.artifact, sourceFile }
    }
    return null
  }

  async function find(className: string): Promise<ClassOrigin | null> {
    const name = plainName(className)
    const exact = await findExactly(name)
    if (exact !== null) return exact
    const host = hostOf(className)
    const ofHost = host === null || host === name ? null : await findExactly(host)
    if (ofHost !== null) return { ...ofHost, sourceFile: null }
    // Made at run time (method accessors, lambda forms, proxies), or from an image that we can't read.
    if (isJdkName(name)) return { jdk: true, module: null, jar: null, artifact: null, sourceFile: null }
    return null
  }

  return Promise.resolve({
    find(className) {
      let found = cache.get(className)
      if (found === undefined) cache.set(className, (found = find(className)))
      return found
    },
  })
}

/** Without a readable image (a jlinked one with unknown compression, no rights) package names tell the JDK's classes. */
function openImage(path: string, host: Host): Promise<RuntimeImage | null> {
  return fileBytes(path, host)
    .then(openRuntimeImage)
    .then(tolerant)
    .catch(() => null)
}

function tolerant(image: RuntimeImage): RuntimeImage {
  return {
    async find(className) {
      const found = await image.find(className).catch(() => null)
      return found && { module: found.module, read: () => found.read().catch(() => null) }
    },
  }
}
