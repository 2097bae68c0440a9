/** Printable text on a terminal: measured, wrapped, cut and coloured. */
import { append, largest } from '../../harness/model/lists.js'

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}！-｠]/u

const ascii = /^[ -~]*$/

/** Counts the columns that printable text takes. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += /\p{Mark}/u.test(character) ? 0 : wide.test(character) ? 2 : 1
  return columns
}

/** Nobody reads a longer word on a terminal: it is shown without its middle. Pipes, files and outputs for programs have it whole. */
const LONGEST_WORD = 400

/** Breaks printable text into lines of at most `width` columns; a word that is longer breaks where a path or class name does. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, Math.max(width, 8)))
}

function wrapParagraph(paragraph: string, width: number): string[] {
  const lines: string[] = []
  let line: string[] = []
  let columns = 0
  for (const whole of paragraph.split(' ')) {
    const word = width === Infinity ? whole : cutMiddle(whole, LONGEST_WORD)
    const wordColumns = displayWidth(word)
    if (columns + (line.length > 0 ? 1 : 0) + wordColumns <= width) {
      columns += (line.length > 0 ? 1 : 0) + wordColumns
      line.push(word)
      continue
    }
    if (line.length > 0) lines.push(line.join(' '))
    const pieces = breakWord(word, width)
    const last = pieces.pop() ?? ''
    append(lines, pieces)
    line = [last]
    columns = displayWidth(last)
  }
  return [...lines, line.join(' ')].map((each) => each.trimEnd())
}

/** Each piece costs as much as it is wide, whatever is left of the word. */
function breakWord(word: string, width: number): string[] {
  const characters = Array.from(word)
  const pieces: string[] = []
  let from = 0
  for (;;) {
    const head = takeColumns(characters, width, from)
    if (from + Array.from(head).length === characters.length) return [...pieces, head]
    const piece = head.slice(0, naturalCut(head))
    pieces.push(piece)
    from += Array.from(piece).length
  }
}

// The place of a frame, `(Pool.java:42)`, stays whole; a cut near the start would leave a ragged column.
function naturalCut(head: string): number {
  const place = head.lastIndexOf('(')
  if (place > head.length / 3) return place
  const mark = largest(['/', '.', ',', ':', '-'].map((each) => head.lastIndexOf(each))) + 1
  return mark > head.length / 2 ? mark : head.length
}

/** From a character on, as many as have room in so many columns. */
function takeColumns(characters: string[], columns: number, from = 0): string {
  let used = 0
  let to = from
  for (; to < characters.length; to++) {
    used += displayWidth(characters[to] ?? '')
    if (used > columns) break
  }
  return characters.slice(from, to).join('')
}

/** Cuts printable text to `width` columns with an ellipsis in the middle, where the least is lost of a path or frame. */
export function cutMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  const left = takeColumns(Array.from(text), Math.floor((width - 1) / 2))
  const right = takeColumns(Array.from(text).reverse(), width - 1 - displayWidth(left))
  return `${left}…${Array.from(right).reverse().join('')}`
}

/** Fills printable text with spaces up to `width` columns. */
export function padColumns(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

const styles = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

export type Paint = Record<keyof typeof styles, (text: string) => string>

/** The few styles of the terminal output; without colour each gives its text back. */
export function paint(color: boolean): Paint {
  const style = (name: keyof typeof styles) => (text: string) =>
    color ? `\u001b[${styles[name][0]}m${text}\u001b[${styles[name][1]}m` : text
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    cyan: style('cyan'),
  }
}
