/** Control characters, line separators and invisible marks, which could forge or hide a line of a report. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Makes text that came from the app fit for one line: what can't be seen is written as an escape. */
export function oneLine(text: string): string {
  return text.replace(unprintable, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}

/** The first of many in a list: `a, b, c and 7 more`. */
export function someOf(items: string[], most = 3): string {
  const distinct = [...new Set(items)]
  const more = distinct.length - most
  return distinct.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** `1 socket`, `2 sockets`. */
export function count(n: number, word: string, words = `${word}s`): string {
  return `${n} ${n === 1 ? word : words}`
}

/** Says a time as people do: `210 ms`, `3.2 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** `29 MB` */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

/** A Java stack frame, as far as its text needs it. */
export interface JavaFrame {
  class: string
  method: string
  file: string | null
  line: number | null
}

/** Where it is in its file, as Java writes it: `(Pool.java:42)`. */
export function placeOf({ file, line }: JavaFrame): string {
  if (file === null) return line === null ? '' : `:${line}`
  return line === null ? `(${file})` : `(${file}:${line})`
}

/** Renders a frame as Java does, without the file where it is not known: `com.acme.Pool.open(Pool.java:42)`. */
export function formatFrame(frame: JavaFrame): string {
  return `${frame.class}.${frame.method}${placeOf(frame)}`
}

/** The word that somebody most likely meant; null where none is near. */
export function nearest(word: string, words: Iterable<string>): string | null {
  let best: string | null = null
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const each of words) {
    const distance = editsBetween(word.toLowerCase(), each.toLowerCase())
    if (distance < least) [best, least] = [each, distance]
  }
  return best
}

/** How many letters must be added, left out, changed or swapped with their neighbour. */
function editsBetween(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity
  for (let row = 1; row <= from.length; row++) {
    const cells = [row]
    rows.push(cells)
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      cells.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      )
    }
  }
  return at(from.length, to.length)
}
