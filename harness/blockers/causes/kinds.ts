import type { Finding } from '../../model/finding.js'
import type { Blocker } from '../../model/report.js'
import type { Entry } from '../../model/target.js'
import { isListening } from './addresses.js'
import { siteOf, stacksOf, type Making } from './stacks.js'
import { anonymousOf, isNative, isSelector } from './subjects.js'

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
export function kindOf(finding: Finding | null, entry: Entry | null): Blocker['kind'] {
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
        (finding === null ? entry.target.is === 'unix' : isNative(finding))
        ? 'native'
        : 'socket'
    default:
      return 'native'
  }
}

function kindOfFinding(finding: Finding): Blocker['kind'] {
  const { resource, subject } = finding
  if (subject.is === 'process-pipe') return 'process'
  const type = subject.is === 'descriptor' || subject.is === 'bare' ? subject.type : null
  if (type === 'fifo' || resource === 'pipe') return 'pipe'
  if (type === 'unknown') return 'native'
  if (type === 'socket') return isNative(finding) ? 'native' : 'socket'
  if (type || resource === 'file') return 'file'
  if (anonymousOf(finding) !== null) return 'native'
  if (resource !== 'socket') return 'other'
  const isListener =
    (subject.is === 'socket' && subject.listening) ||
    (subject.is === 'bare' && subject.ends.local !== null && subject.ends.remote === null)
  return isListener ? 'listening-socket' : 'socket'
}
