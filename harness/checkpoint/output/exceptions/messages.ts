import type { Address } from '../../../model/endpoint.js'
import type { Finding, Subject } from '../../../model/finding.js'
import { detach } from '../lines/lines.js'
import { parseAddress } from './addresses.js'
import { isNoImage, subjectOf } from './subjects.js'

type Resource = Finding['resource']

/** `FD fd=7 type=fifo path=…`: the words for `st_mode` that the native scan prints. */
const typeWords: Partial<Record<string, Resource>> = {
  socket: 'socket',
  fifo: 'pipe',
  regular: 'file',
  directory: 'file',
  symlink: 'file',
  block: 'file',
  character: 'file',
  unknown: 'other',
}

/** Turns one exception, as printed, into a finding: which descriptor, of what kind, between which addresses. */
export function toFinding(type: string | null, message: string): Finding {
  if (message.length > LONGEST_KEPT) return newFinding(type, message)
  const key = `${type ?? ''}\n${message}`
  const known = texts.get(key)
  if (known !== undefined) return { ...known, creationStack: [] }
  if (texts.size >= MOST_KEPT) texts.clear()
  const finding = newFinding(type, message)
  texts.set(key, finding)
  return { ...finding }
}

/** The same for a text that nobody will keep: of such a finding only its kind is asked for. */
export const unkeptFinding = (type: string | null, message: string): Finding =>
  findingAbout(type, '', { ...UNKNOWN, trouble: isNoImage(message) ? 'no-image' : null }, null)

const UNKNOWN = {
  words: 'policies',
  name: '',
  owner: null,
  once: false,
  is: 'not-a-descriptor',
} as const

const newFinding = (type: string | null, message: string): Finding =>
  read(type === null ? null : detach(type), detach(message))

/** A text that fails again and again says the same: it is read and kept once. */
const MOST_KEPT = 1000
const LONGEST_KEPT = 2000
const texts = new Map<string, Finding>()

function read(type: string | null, message: string): Finding {
  return findingAbout(type, message, subjectOf(type, message), parseAddress(message))
}

/** The finding of an exception whose subject is known, from its text or otherwise. */
export function findingAbout(
  type: string | null,
  message: string,
  subject: Subject,
  address: Address | null,
): Finding {
  const resource = resourceOf(type, subject)
  return {
    type,
    message,
    fd: 'fd' in subject ? subject.fd : null,
    resource,
    address: resource === 'socket' ? address : null,
    creationStack: [],
    thrownAt: [],
    unknowable: false,
    subject,
  }
}

/** What the report calls it. */
function resourceOf(type: string | null, subject: Subject): Resource {
  if (type === 'IllegalSelectorException' || type === 'BusySelectorException') return 'selector'
  if (subject.is === 'selector-part') return 'selector'
  if (type === null || (subject.is === 'not-a-descriptor' && subject.trouble === 'no-image')) return 'native'
  if (/^(?:JVM|System)(?:Checkpoint|Restore)Exception$/.test(type)) return 'native' // OpenJ9's
  if (!type.startsWith('CheckpointOpen')) return 'other'
  const named = 'type' in subject ? typeWords[subject.type ?? ''] : undefined
  if (named !== undefined) return named
  if (type === 'CheckpointOpenSocketException') return 'socket'
  if (type === 'CheckpointOpenFileException')
    return subject.is === 'bare' && subject.type === null && subject.path === null ? 'socket' : 'file'
  return ofBareResource(subject)
}

/** A plain CheckpointOpenResourceException says what it is in its text only. */
function ofBareResource(subject: Subject): Resource {
  if (subject.is === 'pipe' || subject.is === 'process-pipe') return 'pipe'
  if (subject.is === 'link' && (subject.target.is === 'pipe' || subject.target.is === 'socket'))
    return subject.target.is
  return subject.is === 'file' ? 'file' : 'other'
}
