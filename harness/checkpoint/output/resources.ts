import { detach } from './lines/lines.js'

/** One line of `-XX:+CRaCPrintResourcesOnCheckpoint`. */
export interface ResourceLine {
  fd: number
  type: string
  path: string
  /** `claimed by java code`, `inherited from process env`, `opened by application`, … */
  reason: string
  ok: boolean
}

const head = /^JVM: FD fd=(\d{1,9}) type=(\w+):? (?:path|details1)="/

/** Reads a line of the table that the JVM prints before it judges; null for every other line, and for a cut one. */
export function parseResourceLine(text: string): ResourceLine | null {
  const start = head.exec(text)
  if (start === null) return null
  const rest = text.slice(start[0].length)
  const verdict = Math.max(rest.lastIndexOf(' OK: '), rest.lastIndexOf(' BAD: '))
  const quoted = rest.slice(0, verdict < 0 ? 0 : verdict).split(/" +details2="/)[0] ?? ''
  const end = quoted.lastIndexOf('"')
  if (verdict < 0) return null
  const [word = '', ...reason] = rest.slice(verdict + 1).split(': ')
  return {
    fd: Number(start[1]),
    type: detach(start[2] ?? ''),
    path: detach(end < 0 ? quoted : quoted.slice(0, end)),
    reason: detach(withoutDetails(reason.join(': '))),
    ok: word === 'OK',
  }
}

/** By its place: a pattern that begins with blanks would begin at each of them. */
function withoutDetails(reason: string): string {
  const at = reason.indexOf(' details2="')
  return at < 0 ? reason : reason.slice(0, at).trimEnd()
}
