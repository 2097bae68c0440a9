import type { Finding } from '../../../model/report.js'
import { parseAddress } from './addresses.js'
import { detach } from '../lines/lines.js'

type Resource = Finding['resource']

/** `FD fd=7 type=fifo path=…`: the words for `st_mode` that the native scan prints. */
const typeWords: Record<string, Resource> = {
  socket: 'socket',
  fifo: 'pipe',
  regular: 'file',
  directory: 'file',
  symlink: 'file',
  block: 'file',
  character: 'file',
  unknown: 'other',
}

/** Messages of an engine that gave up: no descriptor speaks against the checkpoint, the native side does. */
const nativeMessages = /^(?:Native checkpoint failed\.|Unknown C\/R result: )/

/** Turns one exception, as printed, into a finding: which descriptor, of what kind, between which addresses. */
export function toFinding(type: string | null, message: string): Finding {
  const resource = resourceOf(type, message)
  return {
    type: type === null ? null : kept(type),
    message: kept(message),
    fd: fdOf(message),
    resource,
    address: resource === 'socket' ? parseAddress(detach(message)) : null,
    creationStack: [],
    unknowable: false,
  }
}

const MOST_KEPT = 1000
const texts = new Map<string, string>()

/** A text that fails again and again says the same: it is kept once. */
function kept(text: string): string {
  const known = texts.get(text)
  if (known !== undefined) return known
  if (texts.size >= MOST_KEPT) texts.clear()
  const copy = detach(text)
  texts.set(copy, copy)
  return copy
}

function fdOf(message: string): number | null {
  const match = /^(?:FD fd=|FileDescriptor |EPoll (?:Event )?FD )(\d{1,9})\b/.exec(message)
  return match === null ? null : Number(match[1])
}

function resourceOf(type: string | null, message: string): Resource {
  if (type === 'IllegalSelectorException' || type === 'BusySelectorException') return 'selector'
  if (/^EPoll (?:Event )?FD \d+ left open in /.test(message)) return 'selector'
  if (type === null || nativeMessages.test(message)) return 'native'
  if (/^(?:JVM|System)(?:Checkpoint|Restore)Exception$/.test(type)) return 'native' // OpenJ9's
  if (!type.startsWith('CheckpointOpen')) return 'other'
  const word = /^(?:FD fd=\d+ type=|FileDescriptor \d+: )(\w+)/.exec(message)?.[1]
  const named = word === undefined ? undefined : typeWords[word]
  if (named !== undefined) return named
  if (type === 'CheckpointOpenSocketException') return 'socket'
  if (type === 'CheckpointOpenFileException')
    return /^FileDescriptor \d+ left open: (?:tcp|udp)6? local /.test(message) ? 'socket' : 'file'
  return ofBareResource(message)
}

/** A plain CheckpointOpenResourceException says what it is in its text only. */
function ofBareResource(message: string): Resource {
  if (
    /^pipe:|^Pipe \d+ -> \d+|^sun\.nio\.ch\.PipeImpl\b|^java\.lang\.Process(?:Impl|Environment)?\$\w*Pipe/.test(
      message,
    )
  )
    return 'pipe'
  if (message.startsWith('socket:')) return 'socket'
  if (/^Cannot close |^\//.test(message)) return 'file'
  return 'other'
}
