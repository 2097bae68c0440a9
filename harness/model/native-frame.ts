/** A frame of native code. A report holds it as one text; here alone that text is made and read. */
export interface NativeFrame {
  /** Null where the file has no name for it. */
  function: string | null
  /** How far into the function, or into the file where no function is known; null where nobody says. */
  offset: number | null
  /** The file's own name; null where a name alone was told: it is of libc, which was called. */
  library: string | null
}

/** `socket+0x17 (libc.so.6)`, `socket (libc.so.6)`, `socket`, or `libfoo.so+0x1234` where the file has no name for it. */
export function describeNative({ function: name, offset, library }: NativeFrame): string {
  const far = offset === null ? '' : `+0x${offset.toString(16)}`
  if (name === null) return `${library ?? ''}${far}`
  return `${name}${far}${library === null ? '' : ` (${library})`}`
}

/** The frame that such a text stands for. */
export function readNative(text: string): NativeFrame {
  const named = /^(.+?)(?:\+0x([0-9a-f]+))? \(([^()]+)\)$/.exec(text)
  if (named) return { function: named[1] ?? null, offset: hex(named[2]), library: named[3] ?? null }
  const unnamed = /^(\S+)\+0x([0-9a-f]+)$/.exec(text)
  if (unnamed && /[./]/.test(unnamed[1] ?? ''))
    return { function: null, offset: hex(unnamed[2]), library: unnamed[1] ?? null }
  return { function: text, offset: null, library: null }
}

const hex = (digits: string | undefined): number | null =>
  digits === undefined ? null : parseInt(digits, 16)

/** Equal where each frame is the same place in the same file. */
export const nativeKey = (frames: readonly string[]): string =>
  JSON.stringify(frames.map(readNative).map(({ function: name, offset, library }) => [name, offset, library]))
