import { inflateRawSync } from 'node:zlib'
import { memoryBytes, partOf, type Bytes } from './bytes.js'

/** Where one entry of a zip file lies. */
export interface ZipEntry {
  method: number
  compressedSize: number
  size: number
  /** Of the entry's local header. */
  offset: number
}

const END_OF_DIRECTORY = 0x06054b50
const END_OF_DIRECTORY_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const DIRECTORY_ENTRY = 0x02014b50
const END_SIZE = 22
const LOCATOR_SIZE = 20
const STORED = 0
const DEFLATED = 8
/** Far above any class file or nested jar: a bound for what a broken or hostile archive can make us inflate. */
const MOST_INFLATED = 512 * 1024 * 1024

/** The entries of a zip file that `keep` wants, from its central directory; nothing else of the file is read. */
export async function readDirectory(
  bytes: Bytes,
  keep: (name: string) => boolean,
): Promise<Map<string, ZipEntry>> {
  const { offset, size, shift } = await findDirectory(bytes)
  const directory = await bytes.read(offset, size)
  const entries = new Map<string, ZipEntry>()
  for (let at = 0; at + 46 <= size && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const nameLength = directory.readUInt16LE(at + 28)
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength)
    if (keep(name))
      entries.set(name, {
        method: directory.readUInt16LE(at + 10),
        compressedSize: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42) + shift,
      })
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

/** `shift` is the length of what stands before the archive: executable jars begin with a shell script. */
async function findDirectory(bytes: Bytes): Promise<{ offset: number; size: number; shift: number }> {
  const tailSize = Math.min(bytes.size, END_SIZE + LOCATOR_SIZE + 0xffff)
  const tailStart = bytes.size - tailSize
  const tail = await bytes.read(tailStart, tailSize)
  for (let at = tailSize - END_SIZE; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END_OF_DIRECTORY) continue
    if (at + END_SIZE + tail.readUInt16LE(at + 20) !== tailSize) continue
    const locator = at - LOCATOR_SIZE
    if (locator >= 0 && tail.readUInt32LE(locator) === LOCATOR_64) {
      const end = await bytes.read(Number(tail.readBigUInt64LE(locator + 8)), 56)
      if (end.readUInt32LE(0) === END_OF_DIRECTORY_64)
        return { offset: Number(end.readBigUInt64LE(48)), size: Number(end.readBigUInt64LE(40)), shift: 0 }
    }
    const size = tail.readUInt32LE(at + 12)
    const offset = tailStart + at - size
    return { offset, size, shift: offset - tail.readUInt32LE(at + 16) }
  }
  throw new Error('not a zip file')
}

/** The entry's content without inflating it where it is stored: a nested jar is read in place. */
export async function openEntry(bytes: Bytes, entry: ZipEntry): Promise<Bytes> {
  const header = await bytes.read(entry.offset, 30)
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  const content = partOf(bytes, start, entry.compressedSize)
  if (entry.method === STORED) return content
  if (entry.method !== DEFLATED) throw new Error(`zip method ${entry.method} is not supported`)
  const maxOutputLength = Math.min(Math.max(entry.size, 1), MOST_INFLATED)
  return memoryBytes(inflateRawSync(await content.read(0, content.size), { maxOutputLength }))
}

/** The entry's content. */
export async function readEntry(bytes: Bytes, entry: ZipEntry): Promise<Buffer> {
  const content = await openEntry(bytes, entry)
  return content.read(0, content.size)
}
