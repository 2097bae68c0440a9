import type { Finding, Holder } from '../../model/finding.js'
import type { Ends } from '../../model/endpoint.js'
import { describe, type Entry } from '../../model/target.js'

/** The numbers that a finding names; none where it is known by something else. */
export function fdsOf({ fd, subject }: Finding): number[] {
  if (subject.is === 'pipe' && subject.fds.length > 0) return subject.fds
  return fd === null ? [] : [fd]
}

/** The ends that a finding names. */
export function endsIn({ subject }: Finding): Ends {
  return subject.is === 'socket' || subject.is === 'bare' ? subject.ends : { local: null, remote: null }
}

/** The path that a file finding names, as the app or the kernel gave it. */
export function pathOf({ subject }: Finding): string | null {
  if (subject.is === 'file' || subject.is === 'bare') return subject.path
  return subject.is === 'descriptor' && fileTypes.includes(subject.type) ? describe(subject.target) : null
}

/** The words for `st_mode` of what has a path. */
const fileTypes = ['regular', 'directory', 'block', 'character', 'symlink']

/** True when the JVM's own scan found it: no Java object claims it, so no policy applies. */
export const isNative = ({ subject }: Finding): boolean => subject.is === 'descriptor'

/** The selector that a finding names. */
export function selectorOf({ subject }: Finding): string | null {
  return subject.is === 'selector-part' || subject.is === 'busy-selector' ? subject.selector : null
}

/** Whether it is a selector that is in the way. */
export const isSelector = ({ subject }: Finding): boolean =>
  subject.is === 'selector-part' || isBusySelector(subject)

export const isBusySelector = (subject: Finding['subject']): boolean =>
  subject.is === 'busy-selector' || (subject.is === 'unnamed' && subject.of === 'selector')

/** An anonymous inode that a finding names: `eventpoll`, `inotify`. */
export function anonymousOf({ subject }: Finding): string | null {
  const target = subject.is === 'descriptor' || subject.is === 'link' ? subject.target : null
  return target?.is === 'anon' ? target.kind : null
}

/** Whether a finding speaks of a descriptor that could be told from others. */
export const isAboutOne = ({ fd, subject }: Finding): boolean =>
  fd !== null || !['busy-selector', 'unnamed', 'not-a-descriptor'].includes(subject.is)

/** Exceptions that name nothing and stand beside others of the same cause. */
export const isUnnamed = ({ subject }: Finding): boolean =>
  subject.is === 'unnamed' && subject.of !== 'descriptor'

/** The class in whose frames a Java object makes its descriptors, their kinds, and how many belong to one object. */
export interface Maker {
  classes: string[]
  kinds: Entry['kind'][]
  each: number
}

const socket = (...classes: string[]): Maker => ({
  classes: classes.map((name) => `sun.nio.ch.${name}`),
  kinds: ['socket'],
  each: 1,
})

const makers: Record<Holder, Maker> = {
  'server-channel': socket('ServerSocketChannelImpl'),
  // An accepted channel is made by its listener.
  channel: socket('SocketChannelImpl', 'ServerSocketChannelImpl'),
  socket: socket('NioSocketImpl'),
  datagram: socket('DatagramChannelImpl'),
  'asynchronous-channel': socket(
    'UnixAsynchronousSocketChannelImpl',
    'UnixAsynchronousServerSocketChannelImpl',
    'AsynchronousSocketChannelImpl',
    'AsynchronousServerSocketChannelImpl',
  ),
}

/** Who makes the descriptors of the object that a finding names. */
export function makerOf({ subject }: Finding): Maker | null {
  if (subject.is === 'pipe') return { classes: ['sun.nio.ch.PipeImpl'], kinds: ['pipe', 'socket'], each: 2 }
  if (subject.is === 'process-pipe')
    return { classes: ['java.lang.ProcessImpl'], kinds: ['pipe', 'socket'], each: 1 }
  return subject.is === 'socket' && subject.holder !== null ? makers[subject.holder] : null
}
