import { basename } from 'node:path'
import type { Finding } from '../../model/finding.js'
import type { LedgerEntry } from '../../model/report.js'
import { endpointsOf, endsOf } from './addresses.js'
import { pathOf } from './subjects.js'

/** What a finding or a descriptor leads to, as exactly as it is known: what tells causes apart that have no stack. */
export function targetOf(finding: Finding | null, entry: LedgerEntry | null): string {
  const path = finding && pathOf(finding)
  if (path) return path
  if (entry !== null) {
    const { local, remote } = endpointsOf(entry)
    const end = remote ?? local
    return end === null ? entry.target : `${remote ? 'peer ' : ''}${end.host ?? '*'}:${end.port}`
  }
  if (finding === null) return ''
  const { local, remote } = endsOf(finding)
  const end = remote ?? local
  if (end !== null) return `${remote ? 'peer ' : ''}${end.host ?? '*'}:${end.port}`
  if (/^java\.lang\.Process(?:Impl)?\$/.test(finding.message)) return 'java.lang.Process'
  const link = /^FD fd=\d+ type=(\w+) path=(anon_inode:\S+)?/.exec(finding.message)
  return link?.[2] ?? link?.[1] ?? finding.message.replace(/@[0-9a-f]+$/, '')
}

/** The same without anything that changes from run to run: part of a blocker's id where it has no owner. */
export function stableTargetOf(finding: Finding | null, entry: LedgerEntry | null): string {
  const path = (finding && pathOf(finding)) ?? (entry?.target.startsWith('/') ? entry.target : null)
  if (path !== null) return withoutNumbers(basename(path.replace(/ \(deleted\)$/, '')))
  if (entry !== null) return /^(?:anon_inode:\S+|\w+)/.exec(entry.target)?.[0] ?? entry.kind
  if (finding === null) return ''
  const { message, type } = finding
  const anonymous = /anon_inode:\S+/.exec(message)?.[0]
  if (anonymous !== undefined) return anonymous
  const nativeType = /^(?:FD fd=\d+ type=|FileDescriptor \d+: )(\w+)/.exec(message)?.[1]
  if (nativeType !== undefined) return nativeType === 'fifo' ? 'pipe' : nativeType
  const owner = /^([\w.$]+)(?=\[|@)/.exec(message)?.[1]
  if (owner?.startsWith('sun.nio.ch.PipeImpl')) return 'java.nio.channels.Pipe'
  if (owner !== undefined) return owner.replace(/^.*\./, '')
  if ((type ?? '').startsWith('CheckpointOpen')) return finding.resource
  return type === null ? withoutNumbers(message).slice(0, 60).trim() : type.replace(/^.*\./, '')
}

/** Temporary names, dates, versions and hashes change from run to run. */
export function withoutNumbers(text: string): string {
  return text.replace(/(?=[a-f]*\d)[0-9a-f]{8,}/gi, 'N').replace(/\d+/g, 'N')
}
