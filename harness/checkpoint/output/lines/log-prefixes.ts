/** A line without what the world around the JVM put before it. */
export interface Unwrapped {
  text: string
  /** Width of the white space before `text`: tells a nested exception from its parent. */
  indent: number
  /** Who wrote the line, where its prefix says so (a compose service, a pod): lines of two JVMs may interleave. */
  source: string
}

const ansi = /\u001b(?:\[[0-9;:?]{0,64}[ -/]{0,4}[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g
const hasControls = /[\u0000-\u0008\u000b-\u001f\u007f]/

/** One kind of prefix. */
interface Prefix {
  /** Sticky; in a prefix that tells whose line it is, the first group is the name. */
  pattern: RegExp
  /** What it may start with. */
  first: RegExp
  /** What it always holds: asked first, since a pattern that fails may look far ahead. */
  holds?: string
  named?: true
  /** Whether the line's end closes it. */
  quoted?: true
}

const DIGIT = /\d/
const UPPER = /[A-Z]/
const NAME = /[\w.@$[\]/-]/

const prefixes: Prefix[] = [
  { pattern: /([\w.@-]{1,100}?) *\| ?/y, first: NAME, holds: '|', named: true }, // docker compose, foreman
  { pattern: /\[(pod\/[^\][]{1,200})\] ?/y, first: /\[/, named: true }, // kubectl logs --prefix
  { pattern: /([\w.-]{1,64} [\w./-]{1,64}\[[\w.]{1,20}\]): /y, first: NAME, holds: ']: ', named: true }, // journald, syslog
  { pattern: /([\w./-]{1,64}\[[\w.]{1,20}\]): /y, first: NAME, holds: ']: ', named: true }, // Heroku, journald without the host
  { pattern: /##\[[a-z]{1,20}\]/y, first: /#/ }, // Azure Pipelines
  { pattern: /\[[^\][]{0,200}\]:?/y, first: /\[/ }, // [2024-01-01T…] [INFO] [main] [2.930s] [stdout]
  { pattern: /\([^()]{0,100}\)(?=\s)/y, first: /\(/ }, // Quarkus' (main), CRIU's (00.003985)
  {
    pattern:
      /\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,:]\d{1,9})?)? ?(?:Z|UTC|[+-]\d\d:?\d\d)?:?(?=[\s[|]|$|:[A-Z])/y,
    first: DIGIT,
  },
  { pattern: /\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?(?=[\s|])/y, first: DIGIT },
  {
    pattern:
      /(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}\d{1,2},? (?:\d{4},? )?\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?(?: [AP]M)?(?=\s)/y,
    first: UPPER,
  },
  {
    pattern:
      /(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE|CONFIG|FINE|FINER|FINEST|AUDIT)(?::|(?=[\s[]))/y,
    first: UPPER,
  },
  {
    pattern: /:(?:TRACE|DBUG|DEBUG|INFO|WARN|ERROR|IGNORED):[\w.$-]{0,200}:[^:]{0,200}:(?=\s|$)/y, // Jetty
    first: /:/,
  },
  { pattern: /(?:stdout|stderr) [FP](?= )/y, first: /s/ }, // container runtime
  { pattern: /\d\d[OE]\+?(?= )/y, first: DIGIT }, // GitLab runner
  { pattern: /#\d{1,5} (?:\d{1,6}\.\d{1,6} )?/y, first: /#/ }, // BuildKit
  { pattern: /\d{1,12}\.\d{3,9}:?(?= )/y, first: DIGIT }, // uptime of warp
  { pattern: /\d{1,10} ---(?= )/y, first: DIGIT, holds: ' ---' }, // Spring Boot's process id
  { pattern: /[\w.$[\]/-]{1,200} +:(?=\s)/y, first: NAME, holds: ' :' }, // Spring Boot's logger
  { pattern: /[\w.$-]{1,200} -(?=\s)/y, first: NAME, holds: ' -' }, // Logback's logger
  { pattern: /[|>](?=\s)/y, first: /[|>]/ }, // Jetty's nested traces, quotations
  { pattern: /(?:[\dTZ:.+-]{10,35},)?"(?:\\t)*/y, first: /[\d"]/, holds: '"', quoted: true }, // a table's field, a list's text
]

/** The prefixes that may start with a character, by its code: most lines are asked for a few of them only. */
const byFirst = Array.from({ length: 128 }, (_, code) =>
  prefixes.filter(({ first }) => first.test(String.fromCharCode(code))),
)

/** Three log records around each other have some twenty parts. */
const MAX_PARTS = 40

/** What no prefix starts with, so that none is taken from it. */
const content = /(?:Suppressed: |Caused by: |at |\.\.\.|Exception in thread |JVM: |CR: |Error \()/y

/** Removes colours and control characters; tabs stay. */
export function clean(line: string): string {
  return hasControls.test(line) ? line.replace(ansi, '').replace(controls, '') : line
}

/** Takes every known prefix off a cleaned line: containers, build tools, CI, time stamps, log frameworks. */
export function unwrap(line: string): Unwrapped {
  let at = 0
  let source = ''
  let quoted = false
  for (let rounds = 0; rounds < MAX_PARTS; rounds++) {
    const start = skipSpace(line, at)
    if (start === line.length || matchAt(content, line, start) !== null) break
    let next = -1
    for (const { pattern, holds, named, quoted: closes } of byFirst[line.charCodeAt(start)] ?? []) {
      if (holds !== undefined && !line.includes(holds, start)) continue
      const match = matchAt(pattern, line, start)
      if (match === null) continue
      if (named === true) source += match[1] ?? ''
      quoted ||= closes === true
      next = pattern.lastIndex
      break
    }
    if (next <= start) break
    at = next
  }
  const { text, indent } = cut(line, at, skipSpace(line, at))
  return { text: quoted ? text.replace(/",?$/, '') : text, indent, source }
}

/** Where a prefix is unknown: cuts before the part of a stack trace that stands in the midst of the line. */
export function cutAtTrace(line: string): string | null {
  const match = traceInside.exec(line)
  if (match === null || match.index > 200) return null
  const left = line.slice(0, match.index)
  return /Exception|Error|Suppressed|Caused|["']/.test(left) ? null : line.slice(match.index).trimStart()
}

const traceInside =
  /\s(?:Suppressed: [\w.$]+(?::|\s|$)|Caused by: [\w.$]+(?::|\s|$)|\.\.\. \d+ (?:more|common)|at [^\s(]+\((?:[\w$.-]+\.\w+(?::\d+)?|Unknown Source|Native Method)\))/

function cut(line: string, at: number, start: number): Omit<Unwrapped, 'source'> {
  let indent = 0
  for (let i = at; i < start; i++) indent += line.charCodeAt(i) === 9 ? 8 : 1
  return { text: line.slice(start).trimEnd(), indent }
}

function skipSpace(line: string, at: number): number {
  let i = at
  while (i < line.length && /\s/.test(line.charAt(i))) i++
  return i
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(line)
}
