import { TextDecoder } from 'node:util'

/** How UTF-16 begins, in which PowerShell writes what it redirects: with its mark, or, where that is lost, with ASCII in it. */
const beginnings = [
  { begins: (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xfe, encoding: 'utf-16le' },
  { begins: (bytes: Uint8Array) => bytes[0] === 0xfe && bytes[1] === 0xff, encoding: 'utf-16be' },
  { begins: (bytes: Uint8Array) => isAscii(bytes, 0), encoding: 'utf-16le' },
  { begins: (bytes: Uint8Array) => isAscii(bytes, 1), encoding: 'utf-16be' },
] as const

/** Whether the first four characters are ASCII, with their bytes other than zero at this place of each pair. */
const isAscii = (bytes: Uint8Array, at: 0 | 1): boolean =>
  bytes.length >= 8 &&
  [0, 2, 4, 6].every(
    (pair) =>
      bytes[pair + 1 - at] === 0 &&
      ((bytes[pair + at] ?? 0) & 0x7f) === bytes[pair + at] &&
      bytes[pair + at] !== 0,
  )

/** A text in pieces of any size; all of them are text, or all bytes, which may be overwritten when the next is asked for. */
export type Pieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>

/** Passes a text's pieces on; bytes in UTF-16 become text, since a parser takes all others for UTF-8. */
export async function* readable(pieces: Pieces): AsyncIterable<string | Uint8Array> {
  let decoder: TextDecoder | null = null
  let first = true
  for await (const piece of pieces) {
    if (typeof piece !== 'string' && first) {
      const mark = beginnings.find(({ begins }) => begins(piece))
      decoder = mark === undefined ? null : new TextDecoder(mark.encoding)
    }
    first = false
    yield typeof piece === 'string' || decoder === null ? piece : decoder.decode(piece, { stream: true })
  }
  if (decoder !== null) yield decoder.decode()
}
