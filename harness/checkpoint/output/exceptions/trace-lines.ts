import type { Finding } from '../../../model/finding.js'
import type { Room } from '../room.js'
import { parseHeader, type ExceptionLine } from './exceptions.js'

/** What one line of a stack trace is; `rest` is the exception that it tells of, as it is printed. */
export type TraceLine =
  | { is: 'frame' }
  | { is: 'suppressed'; rest: string }
  | { is: 'cause'; rest: string }
  /** The root cause stands first: this one was thrown for it. */
  | { is: 'wrapper'; rest: string }
  | { is: 'common'; count: number }
  | { is: 'header'; line: ExceptionLine }

/** Tells what a line is, without its indent; null where it belongs to no trace. */
export function traceLineOf(text: string): TraceLine | null {
  if (text.startsWith('at ')) return { is: 'frame' }
  const suppressed = /^(?:Suppressed|Cause \d{1,6}\/\d{1,6}): (.*)$/s.exec(text)
  if (suppressed !== null) return { is: 'suppressed', rest: suppressed[1] ?? '' }
  const cause = /^(Caused|Wrapped) by: (.*)$/s.exec(text)
  if (cause !== null) return { is: cause[1] === 'Wrapped' ? 'wrapper' : 'cause', rest: cause[2] ?? '' }
  const common = /^\.\.\. (\d{1,6}) (?:more|common frames omitted)/.exec(text)
  if (common !== null) return { is: 'common', count: Number(common[1]) }
  const line = parseHeader(text)
  return line === null ? null : { is: 'header', line }
}

/** What a trace reports while it is read. */
export interface TraceEvents {
  /** What may still be kept. */
  room: Room
  /** Returns the finding to complete: a new one, or the known one where the text repeats itself. */
  finding(finding: Finding, operation: 'checkpoint' | 'restore', block: number): Finding
  aggregate(type: string, operation: 'checkpoint' | 'restore'): void
}
