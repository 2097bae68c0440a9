import type { Finding } from '../../model/finding.js'
import type { LedgerEntry } from '../../model/report.js'
import { endsOf, type Endpoints } from './addresses.js'

/** Which descriptor a finding speaks of, and how it names it. */
export type Subject =
  | { by: 'fd'; fds: number[] }
  | { by: 'address'; ends: Endpoints }
  | { by: 'path'; path: string }
  /** The text that /proc shows for it, as the oldest builds print it: `pipe:[123]`, `anon_inode:[eventpoll]`. */
  | { by: 'link'; link: string }
  /** By the Java object that holds it; `each` descriptors belong to one such object. */
  | { by: 'maker'; maker: Maker; each: number; unbound: boolean }
  /** A descriptor that the text does not tell apart from others of its kind. */
  | { by: 'none' }
  /** No descriptor at all: an exception of the app, the policy file, or the engine. */
  | { by: 'nothing' }

/** The constructor in whose frames an object of the JDK makes its descriptors. */
export interface Maker {
  className: RegExp
  kinds: LedgerEntry['kind'][]
}

const socket = (className: RegExp): Maker => ({ className, kinds: ['socket'] })
const pipes = (className: RegExp): Maker => ({ className, kinds: ['pipe', 'socket'] })

/** From what an object calls itself to the class that makes its descriptors. */
const makers: { owner: RegExp; maker: Maker; each: number }[] = [
  { owner: /^(?:sun\.nio\.ch\.PipeImpl)\b/, maker: pipes(/^sun\.nio\.ch\.PipeImpl$/), each: 2 },
  { owner: /^java\.lang\.Process(?:Impl)?\$/, maker: pipes(/^java\.lang\.ProcessImpl$/), each: 1 },
  {
    owner: /^sun\.nio\.ch\.ServerSocketChannelImpl\b/,
    maker: socket(/^sun\.nio\.ch\.ServerSocketChannelImpl$/),
    each: 1,
  },
  {
    owner: /^(?:java\.nio\.channels\.SocketChannel|sun\.nio\.ch\.SocketChannelImpl)\b/,
    maker: socket(/^sun\.nio\.ch\.(?:Server)?SocketChannelImpl$/),
    each: 1,
  },
  { owner: /^(?:java\.net\.)?(?:Server)?Socket\[/, maker: socket(/^sun\.nio\.ch\.NioSocketImpl$/), each: 1 },
  {
    owner: /^(?:sun\.nio\.ch\.DatagramChannelImpl|java\.net\.(?:Datagram|Multicast)Socket)\b/,
    maker: socket(/^sun\.nio\.ch\.DatagramChannelImpl$/),
    each: 1,
  },
  {
    owner: /^sun\.nio\.ch\.UnixAsynchronous(?:Server)?SocketChannelImpl\b/,
    maker: socket(/^sun\.nio\.ch\.(?:Unix)?Asynchronous(?:Server)?SocketChannelImpl$/),
    each: 1,
  },
]

const descriptorTypes =
  /^(?:CheckpointOpen(?:File|Socket|Resource)Exception|IllegalSelectorException|BusySelectorException)$/

/** Simple name of a finding's exception: builds differ in the package. */
export const simpleType = (finding: Finding): string => (finding.type ?? '').replace(/^.*[.$]/, '')

/** True when the JVM's own scan found it: no Java object claims it, so no policy applies. */
export const isNative = (finding: Finding): boolean => /^FD fd=\d+ /.test(finding.message)

/** The selector that a finding names: `EPoll FD 7 left open in S with registered keys.` or a busy selector itself. */
export function selectorName(finding: Finding): string | null {
  return (
    /^EPoll (?:Event )?FD \d+ left open in (\S+) /.exec(finding.message)?.[1] ??
    /^Selector (\S+) has registered keys/.exec(finding.message)?.[1] ??
    null
  )
}

/** The path that a file finding names, as the app or the kernel gave it. */
export function pathOf(finding: Finding): string | null {
  const { message } = finding
  const native = /^FD fd=\d+ type=(?:regular|directory|block|character|symlink) path=(.*)$/.exec(message)
  const raw = /^FileDescriptor \d+: (?:regular|directory|block|character): (.*)$/.exec(message)
  const early = /^FileDescriptor \d+ left open: (.*) \(\w+\)\s*$/.exec(message)
  const found = native?.[1] ?? raw?.[1] ?? early?.[1]
  if (found !== undefined) return found
  if (finding.resource !== 'file' || /^FD fd=|^FileDescriptor \d/.test(message)) return null
  return message.replace(/^Cannot close /, '') || null
}

/** Reads from a finding's text which descriptor it means. */
export function subjectOf(finding: Finding): Subject {
  const { message, fd } = finding
  const numbers = /^(?:FD fd=|FileDescriptor |EPoll (?:Event )?FD )(\d+)/.exec(message)
  const pipeEnds = /\bPipe (\d+) -> (\d+)$/.exec(message)
  if (pipeEnds) return { by: 'fd', fds: [Number(pipeEnds[1]), Number(pipeEnds[2])] }
  if (fd !== null || numbers) return { by: 'fd', fds: [fd ?? Number(numbers?.[1])] }
  const ends = endsOf(finding)
  if (ends.local !== null || ends.remote !== null) return { by: 'address', ends }
  if (/^(?:socket|pipe):\[\d+\]$|^anon_inode:/.test(message)) return { by: 'link', link: message }
  const owner = message.replace(/^Cannot (?:close|find (?:local|remote) address for) /, '')
  const made = makers.find((candidate) => candidate.owner.test(owner))
  if (made) return { by: 'maker', ...made, unbound: /\[un(?:bound|connected)\b/.test(owner) }
  const path = pathOf(finding)
  if (path !== null) return { by: 'path', path }
  return { by: descriptorTypes.test(simpleType(finding)) ? 'none' : 'nothing' }
}
