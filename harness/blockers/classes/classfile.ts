/** The SourceFile attribute of a class file: `Pool.java`; null where the compiler left none, or the bytes are no class. */
export function sourceFileOf(bytes: Buffer): string | null {
  try {
    return readSourceFile(bytes)
  } catch {
    // Cut or invented bytes read past their end; a stack without a file name is still a stack.
    return null
  }
}

/** Sizes of constant pool entries after their tag (JVM specification, table 4.4-A); UTF-8 entries carry their own. */
const constantSizes: Partial<Record<number, number>> = {
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 2,
  8: 2,
  9: 4,
  10: 4,
  11: 4,
  12: 4,
  15: 3,
  16: 2,
  17: 4,
  18: 4,
  19: 2,
  20: 2,
}
const UTF8 = 1

function readSourceFile(bytes: Buffer): string | null {
  if (bytes.readUInt32BE(0) !== 0xcafebabe) return null
  const texts = new Map<number, { start: number; end: number }>()
  const count = bytes.readUInt16BE(8)
  let at = 10
  for (let index = 1; index < count; index++) {
    const tag = bytes.readUInt8(at++)
    if (tag === UTF8) {
      const end = at + 2 + bytes.readUInt16BE(at)
      texts.set(index, { start: at + 2, end })
      at = end
      continue
    }
    const size = constantSizes[tag]
    if (size === undefined) return null
    at += size
    if (size === 8) index++ // long and double take two indexes
  }
  const text = (index: number) => {
    const place = texts.get(index)
    return place === undefined ? null : bytes.toString('utf8', place.start, place.end)
  }
  at += 6 // access flags, this class, super class
  at += 2 + 2 * bytes.readUInt16BE(at) // interfaces
  at = skipMembers(bytes, skipMembers(bytes, at)) // fields, methods
  for (let left = bytes.readUInt16BE(at), next = at + 2; left > 0; left--) {
    if (text(bytes.readUInt16BE(next)) === 'SourceFile') return text(bytes.readUInt16BE(next + 6))
    next += 6 + bytes.readUInt32BE(next + 2)
  }
  return null
}

function skipMembers(bytes: Buffer, start: number): number {
  let at = start + 2
  for (let members = bytes.readUInt16BE(start); members > 0; members--) {
    let attributes = bytes.readUInt16BE(at + 6)
    at += 8
    for (; attributes > 0; attributes--) at += 6 + bytes.readUInt32BE(at + 2)
  }
  return at
}
