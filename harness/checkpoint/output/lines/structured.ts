/** Loggers that write an exception as an object name its parts so: JBoss and Quarkus, Log4j's JsonLayout, Logback's JsonEncoder. */
const names = {
  type: ['exceptionType', 'name', 'className'],
  frames: ['frames', 'extendedStackTrace', 'stepArray'],
  common: ['commonElementCount', 'commonFramesCount'],
  cause: ['causedBy', 'cause'],
  class: ['class', 'className'],
  method: ['method', 'methodName'],
  file: ['file', 'fileName'],
  line: ['line', 'lineNumber'],
}
const mark = /"(?:exceptionType|extendedStackTrace|stepArray)"\s*:/
const MAX_DEPTH = 20

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Fields = Record<string, Json>

/**
 * The lines that a record of JSON stands for whose exception is no text but an object: the trace as Java prints it,
 * and every other text in the record. Null where the record holds no such object.
 */
export function structured(line: string): string[] | null {
  if (!mark.test(line)) return null
  const record = parse(line.slice(line.indexOf('{')))
  const lines = record === null ? [] : toLines(record, 0)
  return lines.some((one) => /^\t*(?:at|\.\.\.) |^\t*Suppressed: /.test(one)) ? lines : null
}

function toLines(value: Json, depth: number): string[] {
  if (typeof value === 'string') return value.split('\n')
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return []
  if (!Array.isArray(value) && isException(value)) return trace(value, '', '', depth)
  return Object.values(value).flatMap((each) => toLines(each, depth + 1))
}

function isException(value: Json): value is Fields {
  return isFields(value) && text(value, names.type) !== null && Array.isArray(field(value, names.frames))
}

function trace(exception: Fields, indent: string, role: string, depth: number): string[] {
  const message = exception.message
  const frames = field(exception, names.frames)
  const common = Number(field(exception, names.common) ?? 0)
  const head = `${indent}${role}${text(exception, names.type) ?? ''}`
  const nested = (value: Json | undefined, inner: string, as: string): string[] => {
    const one = isFields(value) && isException(value.exception ?? null) ? value.exception : value
    return one !== undefined && isException(one) && depth < MAX_DEPTH ? trace(one, inner, as, depth + 1) : []
  }
  return [
    typeof message === 'string' ? `${head}: ${message.replaceAll('\n', ' ')}` : head,
    ...(Array.isArray(frames) ? frames : []).filter(isFields).map((each) => `${indent}\tat ${frame(each)}`),
    ...(common > 0 ? [`${indent}\t... ${common} more`] : []),
    ...[exception.suppressed ?? []].flat().flatMap((each) => nested(each, `${indent}\t`, 'Suppressed: ')),
    ...nested(field(exception, names.cause) ?? undefined, indent, 'Caused by: '),
  ]
}

function frame(fields: Fields): string {
  const line = Number(field(fields, names.line) ?? -1)
  const place = `${text(fields, names.file) ?? ''}${line >= 0 ? `:${line}` : ''}`
  const method = `${text(fields, names.class) ?? ''}.${text(fields, names.method) ?? ''}`
  return `${method}(${place === '' ? 'Unknown Source' : place})`
}

function field(fields: Fields, keys: readonly string[]): Json {
  const key = keys.find((each) => fields[each] !== undefined && fields[each] !== null)
  return key === undefined ? null : (fields[key] ?? null)
}

function text(fields: Fields, keys: readonly string[]): string | null {
  const value = field(fields, keys)
  return typeof value === 'string' ? value : null
}

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads one object, whatever follows it; one that its end was cut off is read as far as its last whole part. */
function parse(source: string): Json {
  const open: string[] = []
  let whole = { end: 0, open: '' }
  let quoted = false
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? ''
    if (quoted) {
      if (char === '\\') at++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '{' || char === '[') open.push(char === '{' ? '}' : ']')
    else if (char === ',' && open.length < MAX_OPEN) whole = { end: at, open: open.toReversed().join('') }
    else if (char === '}' || char === ']') {
      open.pop()
      if (open.length === 0) return attempt(source.slice(0, at + 1))
    }
  }
  return attempt(source.slice(0, whole.end) + whole.open)
}

/** Nobody nests deeper; the list of what is open is copied at each comma. */
const MAX_OPEN = 100

function attempt(source: string): Json {
  try {
    return JSON.parse(source) as Json
  } catch {
    return null
  }
}
