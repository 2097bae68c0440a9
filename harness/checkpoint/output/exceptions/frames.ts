import type { Frame } from '../../../model/report.js'
import { detach } from '../lines/lines.js'

const framePattern = /^at (.+)\(([^()]*)\)$/s
const placePattern = /^(.*?)(?::(\d{1,9}))?$/
const MAX_FRAME = 2000

const MOST_KNOWN = 1000
const known = new Map<string, Frame | null>()

/** Like {@link readFrame}; traces repeat their frames, which are read and kept once. */
export function parseFrame(text: string): Frame | null {
  const frame = known.get(text)
  if (frame !== undefined) return frame
  if (known.size >= MOST_KNOWN) known.clear()
  const copy = detach(text.slice(0, MAX_FRAME + 1))
  const read = readFrame(copy)
  known.set(copy, read)
  return read
}

/** About what a frame takes that is kept: one that was met before only its place in a list. */
export const bytesOf = (text: string): number => (known.has(text) ? 8 : 300 + 4 * text.length)

/** Reads one `at …` line; null for what only looks like one, such as a hand-written elision. */
function readFrame(text: string): Frame | null {
  if (text.length > MAX_FRAME) return null
  const packaging = / ~?\[/.exec(text)
  const match = framePattern.exec((packaging === null ? text : text.slice(0, packaging.index)).trimEnd())
  const qualified = match?.[1]
  const place = placePattern.exec(match?.[2] ?? '')
  if (qualified === undefined || place === null || qualified.startsWith('.')) return null
  const dot = qualified.lastIndexOf('.')
  if (dot <= 0) return null
  const file = place[1] ?? ''
  const known = file !== '' && file !== 'Native Method' && file !== 'Unknown Source'
  return {
    class: withoutModule(qualified.slice(0, dot)),
    method: qualified.slice(dot + 1),
    file: known ? file : null,
    // A logger that leaves out the file may still tell the line.
    line: (known || file === '') && place[2] !== undefined ? Number(place[2]) : null,
  }
}

/** `java.base@21/java.io.File`, `app//com.acme.Main` and `com.acme.Main$$Lambda/0x01` lose loader and module only. */
function withoutModule(name: string): string {
  const parts = name.split('/')
  const last = parts.pop() ?? name
  return /^(?:0x)?[0-9a-f]+$/.test(last) && parts.length > 0 ? `${parts.pop() ?? ''}/${last}` : last
}

/** Whether a frame line shows that the exception came up inside a checkpoint. */
export function isCracFrame(text: string): boolean {
  return /(?:^at |[/\s])(?:jdk|javax|org)\.(?:internal\.)?crac\./.test(text.slice(0, MAX_FRAME))
}

/** Spring asks for a checkpoint from here alone. */
export const isOnRefresh = ({ class: name }: Frame): boolean =>
  name.startsWith('org.springframework.context.support.DefaultLifecycleProcessor')
