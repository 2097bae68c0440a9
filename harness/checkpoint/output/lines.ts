/** Longer lines are cut: no line of CRaC's own is, and memory must not follow the input. */
export const MAX_LINE = 1 << 20

/** Splits text that arrives in pieces into lines, whatever their length and line ends. */
export class LineSplitter {
  private rest: string[] = []
  private length = 0

  constructor(private readonly emit: (line: string) => void) {}

  push(piece: string): void {
    let start = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      if (this.length === 0) this.emit(piece.slice(start, Math.min(end, start + MAX_LINE)))
      else {
        this.keep(piece.slice(start, end))
        this.flush()
      }
      start = end + 1
    }
    if (start < piece.length) this.keep(piece.slice(start))
  }

  end(): void {
    if (this.length > 0) this.flush()
  }

  private keep(part: string): void {
    const room = MAX_LINE - this.length
    if (room <= 0 || part === '') return
    this.rest.push(part.slice(0, room))
    this.length += Math.min(part.length, room)
  }

  private flush(): void {
    this.emit(this.rest.join(''))
    this.rest = []
    this.length = 0
  }
}

const escapedTrace = /\\n(?:\\+t|\s|at |Suppressed: |Caused by: |\.\.\. |JVM: |CR: |"|[\w.]{1,200}Exception)/
const jsonRecord = /^[^{"]{0,200}\{\s*"/
const MAX_DEPTH = 3

/** The lines that a line stands for: a JSON record or an escaped stack trace is unfolded, all else is itself. */
export function unfold(line: string, depth = 0): string[] {
  const folded = jsonRecord.test(line) || (line.includes('\\') && escapedTrace.test(line))
  if (!folded || depth === MAX_DEPTH) return [line]
  return unescape(line).flatMap((part) => unfold(part, depth + 1))
}

const escapes: Record<string, string> = { t: '\t', '"': '"', '\\': '\\', '/': '/', r: '', b: '', f: '' }

/** Cuts at unescaped quotes and at escaped line ends, and resolves every other escape once. */
function unescape(line: string): string[] {
  const parts: string[] = []
  let part = ''
  let from = 0
  const take = (to: number): void => {
    if (to > from) part += line.slice(from, to)
  }
  const stop = /["\\]/g
  for (let match = stop.exec(line); match !== null; match = stop.exec(line)) {
    const at = match.index
    take(at)
    const next = line.charAt(at + 1)
    if (match[0] === '"' || next === 'n') {
      parts.push(part)
      part = ''
      from = at + (match[0] === '"' ? 1 : 2)
    } else if (next === 'u' && /^[0-9a-fA-F]{4}$/.test(line.slice(at + 2, at + 6))) {
      part += String.fromCharCode(parseInt(line.slice(at + 2, at + 6), 16))
      from = at + 6
    } else {
      part += escapes[next] ?? `\\${next}`
      from = at + 2
    }
    stop.lastIndex = from
  }
  take(line.length)
  parts.push(part)
  return parts
}
