/** Longer lines are cut: no line of CRaC's own is, and memory must not follow the input. */
export const MAX_LINE = 1 << 20

/** Copies a part of a line: kept as it is, a few characters would hold on to the whole piece of input around them. */
export function detach(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string
}

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

const escapedTrace =
  /\\n(?:\\+t|\s|at |Suppressed: |Caused by: |\.\.\. |JVM: |CR: |Error \(|"|[\w.]{1,200}Exception)/
const jsonRecord = /^[^{"]{0,200}\{\s*"/
/** logfmt: the escaped line end stands inside `key="…"`. */
const quotedField = /="(?:[^"\\]|\\[^n])*\\n/
const MAX_DEPTH = 3

/** The lines that a line stands for: a JSON record or an escaped stack trace is unfolded, all else is itself. */
export function unfold(line: string, depth = 0): string[] {
  const json = jsonRecord.test(line)
  const folded = json || (line.includes('\\') && escapedTrace.test(line))
  if (!folded || depth === MAX_DEPTH) return [line]
  const stop = json ? /["\\]/g : quotedField.test(line) ? /="|"(?=\s|$)|\\/g : /\\/g
  return resolve(line, stop).flatMap((part) => unfold(part, depth + 1))
}

const escapes: Record<string, string> = { t: '\t', '"': '"', '\\': '\\', '/': '/', r: '', b: '', f: '' }

/** Cuts at escaped line ends and where `stop` sees a field's quotes; resolves every other escape once. */
function resolve(line: string, stop: RegExp): string[] {
  const parts: string[] = []
  let part = ''
  let from = 0
  for (let match = stop.exec(line); match !== null; match = stop.exec(line)) {
    const next = line.charAt(match.index + 1)
    const quote = match[0] !== '\\'
    part += line.slice(from, match.index)
    if (quote || next === 'n') {
      parts.push(part)
      part = ''
      from = match.index + (quote ? match[0].length : 2)
    } else if (next === 'u' && /^[0-9a-fA-F]{4}$/.test(line.slice(match.index + 2, match.index + 6))) {
      part += String.fromCharCode(parseInt(line.slice(match.index + 2, match.index + 6), 16))
      from = match.index + 6
    } else {
      part += escapes[next] ?? `\\${next}`
      from = match.index + 2
    }
    stop.lastIndex = from
  }
  parts.push(part + line.slice(from))
  return parts
}
