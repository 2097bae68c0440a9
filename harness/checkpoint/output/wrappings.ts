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

/** Prefixes in which a name tells whose line it is. The first group is the name. */
const named = [
  /([\w.@-]{1,100}?) *\| ?/y, // docker compose, foreman
  /\[(pod\/[^\][]{1,200})\] ?/y, // kubectl logs --prefix
  /([\w.-]{1,64} [\w./-]{1,64}\[[\w.]{1,20}\]): /y, // journald, syslog
  /([\w./-]{1,64}\[[\w.]{1,20}\]): /y, // Heroku, journald without the host
]

const anonymous = [
  /##\[[a-z]{1,20}\]/y, // Azure Pipelines
  /\[[^\][]{0,200}\]:?/y, // [2024-01-01T…] [INFO] [main] [2.930s] [stdout]
  /\([^()]{0,100}\)(?=\s)/y, // Quarkus' (main), CRIU's (00.003985)
  /\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,:]\d{1,9})?)? ?(?:Z|UTC|[+-]\d\d:?\d\d)?:?(?=[\s[|]|$|:[A-Z])/y,
  /\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?(?=[\s|])/y,
  /(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}\d{1,2},? (?:\d{4},? )?\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?(?: [AP]M)?(?=\s)/y,
  /(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE|CONFIG|FINE|FINER|FINEST|AUDIT)(?::|(?=[\s[]))/y,
  /:(?:TRACE|DBUG|DEBUG|INFO|WARN|ERROR|IGNORED):[\w.$-]{0,200}:[^:]{0,200}:(?=\s|$)/y, // Jetty
  /(?:stdout|stderr) [FP](?= )/y, // container runtime
  /\d\d[OE]\+?(?= )/y, // GitLab runner
  /#\d{1,5} (?:\d{1,6}\.\d{1,6} )?/y, // BuildKit
  /\d{1,12}\.\d{3,9}:?(?= )/y, // uptime of warp
  /\d{1,10} ---(?= )/y, // Spring Boot's process id
  /[\w.$[\]/-]{1,200} +:(?=\s)/y, // Spring Boot's logger
  /[\w.$-]{1,200} -(?=\s)/y, // Logback's logger
  /[|>](?=\s)/y, // Jetty's nested traces, quotations
]

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
  for (let rounds = 0; rounds < MAX_PARTS; rounds++) {
    const start = skipSpace(line, at)
    if (start === line.length || matchAt(content, line, start) !== null) return cut(line, at, start, source)
    let next = -1
    for (const pattern of named) {
      const match = matchAt(pattern, line, start)
      if (match === null) continue
      source += match[1] ?? ''
      next = pattern.lastIndex
      break
    }
    for (let i = 0; next < 0 && i < anonymous.length; i++) {
      const pattern = anonymous[i]
      if (pattern !== undefined && matchAt(pattern, line, start) !== null) next = pattern.lastIndex
    }
    if (next <= start) return cut(line, at, start, source)
    at = next
  }
  return cut(line, at, skipSpace(line, at), source)
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

function cut(line: string, at: number, start: number, source: string): Unwrapped {
  let indent = 0
  for (let i = at; i < start; i++) indent += line.charCodeAt(i) === 9 ? 8 : 1
  return { text: line.slice(start).trimEnd(), indent, source }
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
