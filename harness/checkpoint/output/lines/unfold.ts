import { cutMarkup } from './markup.js'
import { structured } from './structured.js'

const escapedTrace =
  /\\n(?:\\+t|\s|at |Suppressed: |Caused by: |\.\.\. |JVM: |CR: |Error \(|"|[\w.]{1,200}Exception)/
const jsonRecord = /^[^{"]{0,200}\{\s*"/
/** logfmt: the escaped line end stands inside `key="…"`. */
const quotedField = /="(?:[^"\\]|\\[^n])*\\n/
const MAX_DEPTH = 3

/** The lines that a line stands for: a JSON record or an escaped stack trace is unfolded, markup is cut, all else is itself. */
export function unfold(line: string, depth = 0): string[] {
  const json = line.includes('{') && jsonRecord.test(line)
  const folded = json || (line.includes('\\') && escapedTrace.test(line))
  if (!folded || depth === MAX_DEPTH) return cutMarkup(line)
  const lines = json ? structured(line) : null
  if (lines !== null) return lines
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
