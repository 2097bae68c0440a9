import type { Host } from '../../host/host.js'
import { localHost } from '../../host/local-host.js'

/** The functions of one ELF file, and where its bytes are loaded. */
export interface Elf {
  /** The address within the file's own address space of a byte at that file offset; null where nothing is loaded. */
  toVirtual(offset: number): number | null
  /** The function at such an address, and how far into it the address is. */
  functionAt(virtual: number): { name: string; offset: number } | null
}

interface Segment {
  offset: number
  virtual: number
  size: number
}

interface Section {
  type: number
  offset: number
  size: number
  link: number
}

const PT_LOAD = 1
const SHT_SYMTAB = 2
const SHT_DYNSYM = 11
const STT_FUNC = 2
const STT_GNU_IFUNC = 10
const SYMBOL_SIZE = 24
/** No library's symbol table comes near this; a broken header might. */
const TABLE_MAX = 256 * 1024 * 1024

/** Reads the symbols of a 64-bit little-endian ELF file; null where it is none, or is broken. */
export async function readElf(path: string, host: Host = localHost): Promise<Elf | null> {
  try {
    const { size: whole } = await host.stat(path)
    return await parse(async (offset, size) => {
      if (size > TABLE_MAX || offset + size > whole) throw new RangeError('outside of the file')
      const bytes = await host.read(path, offset, size)
      if (bytes.length < size) throw new RangeError('a short read')
      return bytes
    })
  } catch {
    return null
  }
}

type Read = (offset: number, size: number) => Promise<Buffer>

async function parse(read: Read): Promise<Elf | null> {
  const header = await read(0, 64)
  // Magic number, 64 bits, little endian.
  if (header.readUInt32BE(0) !== 0x7f454c46 || header.readUInt16BE(4) !== 0x0201) return null
  const segments = await readSegments(read, header)
  const sections = await readSections(read, header)
  const symbols =
    sections.find(({ type }) => type === SHT_SYMTAB) ?? sections.find(({ type }) => type === SHT_DYNSYM)
  const strings = symbols && sections[symbols.link]
  const functionAt = symbols && strings ? await readFunctions(read, symbols, strings) : () => null
  return {
    toVirtual: (offset) => {
      const segment = segments.find(
        (segment) => offset >= segment.offset && offset < segment.offset + segment.size,
      )
      return segment === undefined ? null : offset - segment.offset + segment.virtual
    },
    functionAt,
  }
}

/** Of 64 bits; exact up to 2^53, which no offset in a file and no address reaches. */
const readNumber = (bytes: Buffer, at: number): number =>
  bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32

async function readSegments(read: Read, header: Buffer): Promise<Segment[]> {
  const size = header.readUInt16LE(54)
  const table = await read(readNumber(header, 32), size * header.readUInt16LE(56))
  return rows(table, size).flatMap((row) =>
    row.readUInt32LE(0) === PT_LOAD
      ? [{ offset: readNumber(row, 8), virtual: readNumber(row, 16), size: readNumber(row, 32) }]
      : [],
  )
}

async function readSections(read: Read, header: Buffer): Promise<Section[]> {
  const size = header.readUInt16LE(58)
  const table = await read(readNumber(header, 40), size * header.readUInt16LE(60))
  return rows(table, size).map((row) => ({
    type: row.readUInt32LE(4),
    offset: readNumber(row, 24),
    size: readNumber(row, 32),
    link: row.readUInt32LE(40),
  }))
}

function rows(table: Buffer, size: number): Buffer[] {
  const all: Buffer[] = []
  for (let at = 0; size > 0 && at + size <= table.length; at += size) all.push(table.subarray(at, at + size))
  return all
}

/** More symbols than any library has; with an address of 32 bits a row's number makes one that a double holds exactly. */
const ROWS_MAX = 2 ** 21
const ADDRESS_END = 2 ** 32

/**
 * Finds functions by their addresses; of several names for one address, the plainest. A JVM has some 100,000, of which a
 * ledger names a few: what is sorted is numbers, and a name is read when it is wanted.
 */
async function readFunctions(read: Read, symbols: Section, strings: Section): Promise<Elf['functionAt']> {
  const table = await read(symbols.offset, symbols.size)
  const names = await read(strings.offset, strings.size)
  const count = Math.min(Math.floor(table.length / SYMBOL_SIZE), ROWS_MAX)
  const places = new Float64Array(count)
  let used = 0
  for (let row = 0, at = 0; row < count; row++, at += SYMBOL_SIZE) {
    const type = (table[at + 4] ?? 0) & 15
    if (type !== STT_FUNC && type !== STT_GNU_IFUNC) continue
    const start = readNumber(table, at + 8)
    if (start > 0 && start < ADDRESS_END) places[used++] = start * ROWS_MAX + row
  }
  const sorted = places.subarray(0, used).sort()
  const startOf = (index: number): number => Math.floor((sorted[index] ?? Infinity) / ROWS_MAX)
  const rowAt = (index: number): number => ((sorted[index] ?? 0) % ROWS_MAX) * SYMBOL_SIZE
  const nameAt = (index: number): string => {
    const from = table.readUInt32LE(rowAt(index))
    return names.toString('utf8', from, names.indexOf(0, from))
  }
  return (virtual) => {
    const last = lastAtOrBefore(sorted, virtual)
    if (last < 0) return null
    const start = startOf(last)
    let best = last
    for (let index = last; index >= 0 && startOf(index) === start; index--)
      if (plainness(nameAt(index)) <= plainness(nameAt(best))) best = index
    // A call that never returns may be a function's last instruction: its return address lies one past the end.
    if (virtual > start + readNumber(table, rowAt(best) + 16)) return null
    return { name: nameAt(best), offset: virtual - start }
  }
}

/** `socket` rather than `__socket`, `open` rather than `__open64_nocancel`. */
const plainness = (name: string): number => name.length + (name.startsWith('_') ? 100 : 0)

/** The last place of an address that is not after this one; -1 where there is none. */
function lastAtOrBefore(places: Float64Array, virtual: number): number {
  const end = (virtual + 1) * ROWS_MAX
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? Infinity) < end) low = middle + 1
    else high = middle
  }
  return low - 1
}
