import type { Finding, Trouble } from '../../model/finding.js'
import type { Entry } from '../../model/target.js'
import type { Cause } from '../causes/causes.js'
import { anonymousOf, pathOf } from '../causes/subjects.js'

/** What a remedy may ask of a cause, beyond its kind and its stacks. */
export type Trait =
  | 'sssd-cache'
  | 'directory'
  | 'deleted'
  | 'asynchronous-file'
  | 'datagram'
  | 'accepted'
  | 'locked'
  | 'nio-pipe'
  | 'pipe-policy'
  | 'native-socket'
  | 'inotify'
  | 'timerfd'
  | 'eventpoll'
  | 'eventfd'
  | Trouble

/** What is true of any of a cause's findings and descriptors. */
export function traitsOf({ joined, entries }: Cause): Set<Trait> {
  return new Set([
    ...joined.flatMap(({ finding }) => ofFinding(finding)),
    ...entries.flatMap(ofTarget),
    ...entries.flatMap(ofOrigin),
  ])
}

const anonymous: Partial<Record<string, Trait>> = {
  inotify: 'inotify',
  timerfd: 'timerfd',
  eventpoll: 'eventpoll',
  eventfd: 'eventfd',
}

function ofFinding(finding: Finding): Trait[] {
  const { subject } = finding
  const traits = [...ofPath(pathOf(finding)), anonymous[anonymousOf(finding) ?? '']]
  if (subject.is === 'descriptor' && subject.type === 'directory') traits.push('directory')
  if (subject.is === 'descriptor' && subject.type === 'socket') traits.push('native-socket')
  if ('protocol' in subject && subject.protocol === 'datagram') traits.push('datagram')
  if (subject.is === 'pipe') traits.push(subject.failed ? 'pipe-policy' : 'nio-pipe')
  if (subject.is === 'unnamed' && subject.of === 'asynchronous-file') traits.push('asynchronous-file')
  if (subject.is === 'not-a-descriptor' && subject.trouble !== null) traits.push(subject.trouble)
  return traits.filter((trait) => trait !== undefined)
}

function ofTarget({ target, locked }: Entry): Trait[] {
  if (target.is === 'file')
    return [
      ...ofPath(target.path),
      ...(target.deleted ? (['deleted'] as const) : []),
      ...(locked ? (['locked'] as const) : []),
    ]
  if (target.is === 'udp') return ['datagram']
  if (target.is === 'unix') return ['native-socket']
  const trait = target.is === 'anon' ? anonymous[target.kind] : undefined
  return trait === undefined ? [] : [trait]
}

const ofOrigin = ({ origin }: Entry): Trait[] =>
  origin?.syscall === 'accept' || origin?.syscall === 'accept4' ? ['accepted'] : []

function ofPath(path: string | null): Trait[] {
  if (path === null) return []
  return [
    ...(path.includes('/var/lib/sss/mc/') ? (['sssd-cache'] as const) : []),
    ...(path.endsWith(' (deleted)') ? (['deleted'] as const) : []),
  ]
}
