/** Longer lines are cut: no line of CRaC's own is, and memory must not follow the input. */
const MAX_LINE = 1 << 20

/**
 * Copies a part of a line: kept as it is, a few characters would hold on to the whole piece of input around them.
 * What is cut from a joined text holds on to that copy only.
 */
export function detach(text: string): string {
  return ` ${text}`.slice(1)
}

/** Takes whole lines, and says which it could do without. */
export interface LineReader {
  /** Every line, or only those in which one of the words stands; the words may change with each line. */
  attention(): 'every' | readonly Words[]
  /** A line; `wanted` tells that one of the words, or its end, is known to be in it. */
  line(text: string, wanted: boolean): void
  /** So many lines went by without any of the words. */
  skip(lines: number): void
}

/** Words that a reader waits for, and a character that all texts with them hold, where there is one. */
export interface Words {
  /** Global; matches within one line. */
  pattern: RegExp
  only?: string
}

type Cut = (from: number, to: number) => string

/** Cuts text that arrives in pieces into lines, whatever their length and ends, and passes over those that nobody wants. */
export class LineSplitter {
  private rest: string[] = []
  private length = 0
  private decoded = (text: string): string => text

  constructor(
    private readonly reader: LineReader,
    /** Whether a line may matter by its end, which the words can't tell. */
    private readonly endsWell: (text: string, from: number, to: number) => boolean,
  ) {}

  /** Bytes become text only in lines that are wanted: most of a long log never does. */
  push(piece: string | Uint8Array): void {
    if (typeof piece === 'string') {
      this.split(piece, (from, to) => piece.slice(from, to))
      return
    }
    this.decoded = fromBytes
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    this.split(bytes.toString('latin1'), (from, to) => bytes.toString('utf8', from, to))
  }

  end(): void {
    if (this.length > 0) this.flush()
  }

  private split(text: string, cut: Cut): void {
    let at = 0
    if (this.length > 0) {
      const end = text.indexOf('\n')
      this.keep(end < 0 ? text : text.slice(0, end))
      if (end < 0) return
      this.flush()
      at = end + 1
    }
    const whole = text.lastIndexOf('\n') + 1
    if (whole > at) this.scan(text, at, whole, cut)
    if (Math.max(whole, at) < text.length) this.keep(text.slice(Math.max(whole, at)))
  }

  /** Jumps from one line with a word in it to the next. */
  private scan(text: string, start: number, whole: number, cut: Cut): void {
    const found = new Map<Words, number>()
    for (let at = start; at < whole;) {
      const attention = this.reader.attention()
      let hit = attention === 'every' ? at : Infinity
      if (attention !== 'every')
        for (const words of attention) {
          let next = found.get(words) ?? -1
          if (next < at) found.set(words, (next = find(words, text, at)))
          if (next < hit) hit = next
        }
      let end = text.indexOf('\n', at)
      let skipped = 0
      while (end < hit && !this.endsWell(text, at, end)) {
        skipped++
        at = end + 1
        if (at >= whole) break
        end = text.indexOf('\n', at)
      }
      if (skipped > 0) this.reader.skip(skipped)
      if (at >= whole) return
      // What went by may have changed the words.
      this.reader.line(cut(at, Math.min(end, at + MAX_LINE)), skipped === 0 && end - at < MAX_LINE)
      at = end + 1
    }
  }

  private keep(part: string): void {
    const room = MAX_LINE - this.length
    if (room <= 0 || part === '') return
    this.rest.push(part.slice(0, room))
    this.length += Math.min(part.length, room)
  }

  private flush(): void {
    this.reader.line(this.decoded(this.rest.join('')), false)
    this.rest = []
    this.length = 0
  }
}

/** Where the next of the words ends. */
function find({ pattern, only }: Words, text: string, from: number): number {
  if (only !== undefined && !text.includes(only, from)) return Infinity
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex - 1 : Infinity
}

export function isIn({ pattern }: Words, line: string): boolean {
  pattern.lastIndex = 0
  return pattern.test(line)
}

/** One pattern for the question whether any of many matches: asked first, it spares most lines the others. */
export function anyOf(patterns: readonly RegExp[]): RegExp {
  const flags = new Set(patterns.map((pattern) => pattern.flags))
  if (flags.size !== 1)
    throw new Error(`patterns of different flags can't be joined: ${[...flags].join(', ')}`)
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'), [...flags][0])
}

const fromBytes = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8')
