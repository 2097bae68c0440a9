import type { Finding } from '../../model/finding.js'
import type { Entry } from '../../model/target.js'
import type { Endpoint, Ends } from '../../model/endpoint.js'
import { describe as describeTarget } from '../../model/target.js'
import { endpointsOf } from './addresses.js'
import type { Cause } from './causes.js'
import type { JoinedFinding } from '../join.js'
import { endsIn, isAboutOne, isBusySelector, isNative, pathOf } from './subjects.js'
import { count, oneLine, someOf } from '../../model/text.js'

/** What stands in the way, in one line, and what the ledger does not know about it. */
export function summaryOf(cause: Cause): string {
  return oneLine(describe(cause) + joinNote(cause))
}

/** The same where there is no ledger, so that nothing can be missing from it. */
export function plainSummaryOf(cause: Cause): string {
  return oneLine(describe(cause))
}

function describe(cause: Cause): string {
  switch (cause.kind) {
    case 'file':
      return describeFiles(cause)
    case 'listening-socket':
      return several(
        cause,
        'listening socket',
        'listening sockets',
        ends(cause).flatMap(({ local }) => show(local)),
      )
    case 'socket':
      return describeSockets(cause)
    case 'pipe':
      return cause.making === 'pipe' || cause.joined.some(({ finding }) => finding.subject.is === 'pipe')
        ? 'pipe (java.nio.channels.Pipe)'
        : several(cause, 'pipe', 'pipes', [])
    case 'process':
      return `${sizeOf(cause) > 3 ? 'streams of child processes' : 'streams of a child process'} (${count(sizeOf(cause), 'pipe')})`
    case 'selector':
      return describeSelectors(cause)
    case 'watch-service':
      return `watch service (${parts(cause)})`
    case 'native':
      return describeNative(cause)
    default:
      return describeOther(cause)
  }
}

/** How many descriptors a cause has, as far as ledger and findings tell. */
function sizeOf({ entries, joined }: Cause): number {
  const unjoined = joined.filter((one) => one.entries.length === 0 && isAboutOne(one.finding))
  return Math.max(entries.length + new Set(unjoined.map(({ finding }, i) => finding.fd ?? `#${i}`)).size, 1)
}

function several(cause: Cause, one: string, many: string, names: string[]): string {
  const size = sizeOf(cause)
  const list = names.length === 0 ? '' : size === 1 ? ` ${names[0] ?? ''}` : `: ${someOf(names)}`
  return (size === 1 ? one : `${size} ${many}`) + list
}

function describeFiles(cause: Cause): string {
  const named = cause.joined.flatMap(({ finding }) => pathOf(finding) ?? [])
  const paths = [
    ...new Set(named.length > 0 ? named : cause.entries.map(({ target }) => describeTarget(target))),
  ].sort()
  const isDirectory =
    cause.entries.some(({ kind }) => kind === 'directory') ||
    cause.joined.some(
      ({ finding: { subject } }) => subject.is === 'descriptor' && subject.type === 'directory',
    )
  const size = sizeOf(cause)
  const word = isDirectory ? 'directory' : 'file'
  if (size === 1 || paths.length === 0) return `${word} ${paths[0] ?? ''}`.trim()
  if (paths.length === 1) return `${word} ${paths[0] ?? ''} (${count(size, 'descriptor')})`
  return `${size} ${isDirectory ? 'directories' : 'files'}: ${someOf(paths)}`
}

function describeSockets(cause: Cause): string {
  const remotes = ends(cause).flatMap(({ remote }) =>
    show(remote && { ...remote, host: remote.name ?? remote.host }),
  )
  const locals = ends(cause).flatMap(({ local }) => show(local))
  const protocols = new Set([
    ...cause.entries.map(({ target }) => target.is),
    ...cause.joined.map(({ finding: { subject } }) => ('protocol' in subject ? subject.protocol : null)),
  ])
  const isUnix = protocols.has('unix')
  const isDatagram = protocols.has('udp') || protocols.has('datagram')
  const prefix = isUnix ? 'unix ' : isDatagram ? 'datagram ' : ''
  const accepted =
    cause.entries.length > 0 &&
    cause.entries.every(({ origin }) => (origin?.syscall ?? '').startsWith('accept'))
  const word = `${accepted ? 'accepted ' : ''}${prefix}socket`
  const size = sizeOf(cause)
  const many = size === 1 ? word : `${size} ${word}s`
  if (remotes.length > 0)
    return `${many} ${accepted ? 'from' : 'to'} ${accepted ? hostsOf(remotes) : someOf(remotes)}`
  if (locals.length > 0) return `${many} ${someOf(locals)}`
  const names = cause.entries.flatMap(({ target }) => (target.is === 'unix' ? nameOf(target) : []))
  return names.length > 0 ? `${many} ${someOf(names)}` : many
}

const nameOf = ({ name, listening }: { name: string | null; listening: boolean }): string =>
  `${name ?? 'unnamed'}${listening ? ' listening' : ''}`

/** The port of an accepted socket's other end means nothing to anybody. */
const hostsOf = (remotes: string[]): string => someOf(remotes.map((remote) => remote.replace(/:\d+$/, '')))

function describeSelectors(cause: Cause): string {
  const subjects = cause.joined.map(({ finding }) => finding.subject)
  const names = subjects.flatMap((subject) =>
    subject.is === 'busy-selector' ? subject.channels.map(({ name }) => name) : [],
  )
  const busy = subjects.filter(isBusySelector).length
  const polls = cause.entries.filter(({ kind }) => kind === 'eventpoll').length
  const many = Math.max(busy, polls, 1)
  const word = many === 1 ? 'selector' : `${many} selectors`
  if (names.length > 0) return `${word} with ${count(names.length, 'registered channel')}: ${someOf(names)}`
  return `${word} with registered keys`
}

function describeNative(cause: Cause): string {
  const size = (kind: Entry['kind']) => cause.entries.filter((entry) => entry.kind === kind).length
  if (cause.making === 'channel-group') return `asynchronous channel group (${parts(cause)})`
  if (cause.making === 'poller') return `pollers of virtual threads (${parts(cause)})`
  if (cause.making === 'netty-epoll')
    return `${count(Math.max(size('eventpoll'), 1), 'native epoll loop')} of Netty (${parts(cause)})`
  const targets =
    cause.entries.length > 0
      ? cause.entries.map(({ target }) => describeTarget(target))
      : cause.joined.map(({ finding }) => nativeName(finding))
  const n = sizeOf(cause)
  return `${n === 1 ? 'native descriptor' : `${n} native descriptors`} ${someOf(targets)}`
}

function nativeName({ subject, message }: Finding): string {
  if (subject.is !== 'descriptor') return message
  if (subject.target.is === 'anon') return subject.target.link
  return subject.type === 'socket' ? 'socket' : message
}

function describeOther({ joined }: Cause): string {
  const finding = joined[0]?.finding
  if (finding === undefined) return 'unknown'
  const type = finding.type ?? ''
  return [type, finding.message].filter(Boolean).join(': ').slice(0, 300) || 'unknown'
}

/** `1 inotify, 2 sockets`, from the ledger or from the findings' own words. */
function parts(cause: Cause): string {
  const kinds = cause.entries.map(({ kind, target }) =>
    kind === 'socket' && target.is === 'unix' ? 'unix socket' : kind === 'pipe' ? 'pipe end' : kind,
  )
  const order = [...new Set(kinds)].sort()
  return order.map((kind) => count(kinds.filter((one) => one === kind).length, kind)).join(', ')
}

/** What the findings name, else what the ledger shows: a name beats an address, an address beats none. */
function ends({ joined, entries }: Cause): Ends[] {
  const told = joined.map(({ finding }) => endsIn(finding))
  const isTold = told.some(({ remote, local }) => remote !== null || (local !== null && local.host !== null))
  return isTold || entries.length === 0 ? told : entries.map(endpointsOf)
}

function show(end: Endpoint | null): string[] {
  if (end === null) return []
  if (end.host === null) return [`port ${end.port}`]
  // On a machine with IPv6 a JVM binds `::` where the app says 0.0.0.0 or nothing.
  const host = end.host === '::' ? '0.0.0.0' : end.host.includes(':') ? `[${end.host}]` : end.host
  return [`${host}:${end.port}`]
}

/** A finding that found no descriptor is a blocker all the same, and says so. */
function joinNote({ joined }: Cause): string {
  const about = joined.filter(({ finding }) => isAboutOne(finding))
  const unjoined = about.filter((one) => one.entries.length === 0)
  const unsure = joined.some(({ finding }) => finding.unknowable)
    ? '; not certain: a stock JDK cannot know it'
    : ''
  if (unjoined.length === 0 || unjoined.length < about.length) return unsure
  const lists = [...new Set(unjoined.map(({ oneOf }) => oneOf))]
  const candidates = [...new Set(lists.flatMap((oneOf) => oneOf.map(({ fd }) => fd)))].sort((a, b) => a - b)
  if (candidates.length > 0) return `; one of descriptors ${candidates.join(', ')}${unsure}`
  if (!unjoined.every(hasNumber)) return `; its descriptor is not known${unsure}`
  return unjoined.some(({ finding }) => finding.creationStack.length > 0)
    ? unsure
    : `; its maker is not known${unsure}`
}

const hasNumber = ({ finding }: JoinedFinding): boolean => finding.fd !== null || isNative(finding)
