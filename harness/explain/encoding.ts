import { TextDecoder } from 'node:util'

/** Byte order marks of UTF-16, in which PowerShell writes what it redirects. */
const marks = [
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
] as const

/** A text in pieces of any size; all of them are text, or all bytes, which may be overwritten when the next is asked for. */
export type Pieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>

/** Passes a text's pieces on; bytes in UTF-16 become text, since a parser takes all others for UTF-8. */
export async function* readable(pieces: Pieces): AsyncIterable<string | Uint8Array> {
  let decoder: TextDecoder | null = null
  let first = true
  for await (const piece of pieces) {
    if (typeof piece !== 'string' && first) {
      const mark = marks.find(({ bytes }) => bytes.every((byte, i) => piece[i] === byte))
      decoder = mark === undefined ? null : new TextDecoder(mark.encoding)
    }
    first = false
    yield typeof piece === 'string' || decoder === null ? piece : decoder.decode(piece, { stream: true })
  }
  if (decoder !== null) yield decoder.decode()
}
