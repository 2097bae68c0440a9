import type { Finding } from '../../model/finding.js'
import type { Blocker, LedgerEntry } from '../../model/report.js'
import { isListening } from './addresses.js'
import { siteOf, stacksOf, type Making } from './stacks.js'
import { isNative, selectorName, simpleType } from './subjects.js'

const byMaking: Record<Making, Blocker['kind']> = {
  selector: 'selector',
  'watch-service': 'watch-service',
  'channel-group': 'native',
  process: 'process',
  'log-handler': 'file',
  pipe: 'pipe',
  poller: 'native',
  'netty-epoll': 'native',
}

/** What kind of blocker a finding on a descriptor is; either of the two may be unknown, not both. */
export function kindOf(finding: Finding | null, entry: LedgerEntry | null): Blocker['kind'] {
  if (finding !== null && isSelector(finding)) return 'selector'
  if (entry === null) return finding === null ? 'other' : kindOfFinding(finding)
  const making = siteOf(entry)?.making
  if (making) return byMaking[making]
  switch (entry.kind) {
    case 'file':
    case 'directory':
      return 'file'
    case 'pipe':
      return 'pipe'
    case 'socket':
      if (isListening(entry)) return 'listening-socket'
      // What no Java code made is a library's own: a look-up service, a logger.
      return stacksOf(entry).length === 0 &&
        (finding === null ? entry.target.startsWith('unix') : isNative(finding))
        ? 'native'
        : 'socket'
    default:
      return 'native'
  }
}

const isSelector = (finding: Finding): boolean =>
  selectorName(finding) !== null || /^(?:IllegalSelector|BusySelector)Exception$/.test(simpleType(finding))

function kindOfFinding(finding: Finding): Blocker['kind'] {
  const { message, resource, address } = finding
  if (/^java\.lang\.Process(?:Impl)?\$/.test(message)) return 'process'
  const type = /^(?:FD fd=\d+ type=|FileDescriptor \d+: )(\w+)/.exec(message)?.[1]
  if (type === 'fifo' || resource === 'pipe') return 'pipe'
  if (type === 'unknown') return 'native'
  if (type === 'socket') return isNative(finding) ? 'native' : 'socket'
  if (type !== undefined || resource === 'file') return 'file'
  if (message.startsWith('anon_inode:')) return 'native'
  if (resource !== 'socket') return 'other'
  const isServer = /\bServerSocket|Server\w*Channel/.test(message)
  const isBoundOnly =
    address !== null && /:[1-9]\d*$/.test(address.local ?? '') && !/:[1-9]\d*$/.test(address.remote ?? '')
  return (isServer && !/\[(?:unbound|closed)\]/.test(message)) ||
    (isBoundOnly && !message.includes('Datagram'))
    ? 'listening-socket'
    : 'socket'
}
