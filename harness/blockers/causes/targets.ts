import { basename } from 'node:path'
import type { Ends } from '../../model/endpoint.js'
import type { Finding } from '../../model/finding.js'
import { describe, type Entry } from '../../model/target.js'
import { withoutRandomLetters } from '../stable-parts.js'
import { endpointsOf } from './addresses.js'
import { endsIn, pathOf } from './subjects.js'

/** What a finding or a descriptor leads to, as exactly as it is known: what tells causes apart that have no stack. */
export function targetOf(finding: Finding | null, entry: Entry | null): string {
  const path = finding && pathOf(finding)
  if (path) return path
  if (entry !== null) return endOf(endpointsOf(entry)) ?? describe(entry.target)
  if (finding === null) return ''
  const { subject } = finding
  const end = endOf(endsIn(finding))
  if (end !== null) return end
  if (subject.is === 'process-pipe') return 'java.lang.Process'
  if (subject.is !== 'descriptor') return subject.name
  return subject.target.is === 'anon' ? subject.target.link : subject.type || subject.name
}

function endOf({ local, remote }: Ends): string | null {
  const end = remote ?? local
  return end && `${remote ? 'peer ' : ''}${end.host ?? '*'}:${end.port}`
}

/** The same without anything that changes from run to run: part of a blocker's id where it has no owner. */
export function stableTargetOf(finding: Finding | null, entry: Entry | null): string {
  const path = (finding && pathOf(finding)) ?? (entry?.target.is === 'file' ? entry.target.path : null)
  if (path !== null) return withoutNumbers(basename(withoutRandomLetters(path.replace(/ \(deleted\)$/, ''))))
  if (entry !== null) return stableTarget(entry)
  if (finding === null) return ''
  const { subject, type, resource } = finding
  const target = subject.is === 'descriptor' || subject.is === 'link' ? subject.target : null
  if (target?.is === 'anon') return target.link
  if ((subject.is === 'descriptor' || subject.is === 'bare') && subject.type)
    return subject.type === 'fifo' ? 'pipe' : subject.type
  if (subject.is === 'pipe' && !subject.failed) return 'java.nio.channels.Pipe'
  if (subject.owner !== null) return subject.owner.replace(/^.*\./, '')
  if (type?.startsWith('CheckpointOpen') === true) return resource
  return type === null ? withoutNumbers(subject.name).slice(0, 60).trim() : type.replace(/^.*\./, '')
}

function stableTarget({ target, kind }: Entry): string {
  if (target.is === 'anon') return target.link
  if (target.is === 'other') return /^\w+/.exec(target.link)?.[0] ?? kind
  return target.is === 'file' ? kind : target.is
}

/** Temporary names, dates, versions, UUIDs and hashes change from run to run. */
export function withoutNumbers(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, 'N')
    .replace(/[0-9a-f]{8,}/gi, (word) => (/\d/.test(word) ? 'N' : word))
    .replace(/\d+/g, 'N')
}
