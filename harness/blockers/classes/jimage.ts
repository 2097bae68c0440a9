import { inflateSync } from 'node:zlib'
import type { Bytes } from './bytes.js'

/** The JDK's run-time image (`lib/modules`), read at offsets: only its index is ever held in memory. */
export interface RuntimeImage {
  /** The module of a class and its bytes; null where the image has no such class. */
  find(className: string): Promise<{ module: string; read: () => Promise<Buffer | null> } | null>
}

const MAGIC = 0xcafedada
const HEADER_SIZE = 28
const HASH_SEED = 0x01000193
const COMPRESSED_MAGIC = 0xcafefafa
const COMPRESSED_HEADER_SIZE = 29
/** Kinds of location attributes (`jdk.internal.jimage.ImageLocation`). */
const [END, MODULE, PARENT, BASE, EXTENSION, OFFSET, COMPRESSED, UNCOMPRESSED] = [0, 1, 2, 3, 4, 5, 6, 7]

/** Reads the image's index. Throws where the file is no image of this machine's byte order. */
export async function openRuntimeImage(bytes: Bytes): Promise<RuntimeImage> {
  const header = await bytes.read(0, HEADER_SIZE)
  if (header.readUInt32LE(0) !== MAGIC) throw new Error('not a run-time image')
  const length = header.readUInt32LE(16)
  const locationsSize = header.readUInt32LE(20)
  const stringsSize = header.readUInt32LE(24)
  const indexSize = HEADER_SIZE + length * 8 + locationsSize + stringsSize
  const index = await bytes.read(0, indexSize)
  const offsets = HEADER_SIZE + length * 4
  const locations = offsets + length * 4
  const strings = locations + locationsSize

  const text = (offset: number) => {
    const start = strings + offset
    return index.toString('utf8', start, index.indexOf(0, start))
  }

  function attributesAt(offset: number): number[] {
    const values = [0, 0, 0, 0, 0, 0, 0, 0]
    for (let at = locations + offset; ;) {
      const head = index.readUInt8(at)
      const kind = head >>> 3
      if (kind === END || kind > 7) return values
      const size = (head & 7) + 1
      let value = 0
      for (let i = 1; i <= size; i++) value = value * 256 + index.readUInt8(at + i)
      values[kind] = value
      at += 1 + size
    }
  }

  /** The perfect hash of the image: a redirect table says which slot, or with which seed to hash again. */
  function locate(path: string): number[] | null {
    const redirect = index.readInt32LE(HEADER_SIZE + (hash(path, HASH_SEED) % length) * 4)
    if (redirect === 0) return null
    const slot = redirect < 0 ? -1 - redirect : hash(path, redirect) % length
    const values = attributesAt(index.readUInt32LE(offsets + slot * 4))
    const part = (kind: number) => text(values[kind] ?? 0)
    const [module, parent, base, extension] = [part(MODULE), part(PARENT), part(BASE), part(EXTENSION)]
    const found = (module && `/${module}/`) + (parent && `${parent}/`) + base + (extension && `.${extension}`)
    return found === path ? values : null
  }

  async function read(values: number[]): Promise<Buffer | null> {
    const start = indexSize + (values[OFFSET] ?? 0)
    const compressed = values[COMPRESSED] ?? 0
    if (compressed === 0) return bytes.read(start, values[UNCOMPRESSED] ?? 0)
    return decompress(await bytes.read(start, compressed), text)
  }

  return {
    async find(className) {
      const path = className.replaceAll('.', '/')
      const packageName = path.slice(0, Math.max(path.lastIndexOf('/'), 0)).replaceAll('/', '.')
      const listed = locate(`/packages/${packageName}`)
      const modules = (listed && (await read(listed))) ?? Buffer.alloc(0)
      // Pairs of "the package is empty there" and the module's name: java.* parents are listed in many modules.
      for (let at = 0; at + 8 <= modules.length; at += 8) {
        const module = text(modules.readUInt32LE(at + 4))
        const values = locate(`/${module}/${path}.class`)
        if (values !== null) return { module, read: () => read(values) }
      }
      return null
    },
  }
}

function hash(text: string, seed: number): number {
  let value = seed
  for (const byte of Buffer.from(text)) value = Math.imul(value, HASH_SEED) ^ byte
  return value & 0x7fffffff
}

/** `jlink --compress` with zip is undone; shared strings (`compact-cp`) are not: the class has no source file then. */
function decompress(content: Buffer, text: (offset: number) => string): Buffer | null {
  if (content.length < COMPRESSED_HEADER_SIZE || content.readUInt32LE(0) !== COMPRESSED_MAGIC) return null
  if (text(content.readUInt32LE(20)) !== 'zip') return null
  const inflated = inflateSync(content.subarray(COMPRESSED_HEADER_SIZE))
  return inflated.readUInt32BE(0) === 0xcafebabe ? inflated : null
}
