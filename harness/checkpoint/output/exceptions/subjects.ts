import { endsOf, type Address, type Ends } from '../../../model/endpoint.js'
import type {
  Channel,
  Holder,
  Named,
  Protocol,
  SocketState,
  Subject,
  Trouble,
  Words,
} from '../../../model/finding.js'
import { targetOfLink } from '../../../model/target.js'
import { parseAddress } from './addresses.js'

/** Reads from an exception what it speaks of. This file alone knows CRaC's sentences, of all generations. */
export function subjectOf(type: string | null, message: string): Subject {
  const named: Named = {
    words: wordsOf(message),
    name: message.replace(/@[0-9a-f]+$/, ''),
    owner: /^([\w.$]+)(?=\[|@)/.exec(message)?.[1] ?? null,
    once: once.test(message),
  }
  const found = numbered(message) ?? ofSelector(type, message) ?? ofObject(message)
  if (found !== null) return { ...named, ...found }
  const address = parseAddress(message)
  if (address !== null && isOpen(type)) return { ...named, ...socket(null, message, address) }
  const path = pathOf(type, message)
  if (path !== null) return { ...named, is: 'file', path }
  if (message === '' && type === 'UnsupportedOperationException')
    return { ...named, is: 'unnamed', of: 'asynchronous-file' }
  if (isOpen(type)) return { ...named, is: 'unnamed', of: 'descriptor' }
  return { ...named, is: 'not-a-descriptor', trouble: troubleOf(type, message) }
}

/** What a subject has beside its names. */
type Unnamed<T> = T extends Named ? Omit<T, keyof Named> : never
type Bare = Unnamed<Subject>

/** It carries a number or an identity that one answer of one JVM holds only once. */
const once = /\bFD \d+ |\bfd=\d+|@[0-9a-f]{2,8}\b|\blocalport=\d+\]$|local=\S+:\d+ remote=/

const isOpen = (type: string | null): boolean =>
  type !== null && /^CheckpointOpen(?:File|Socket|Resource)Exception$/.test(type)

/** Policies came in October 2023; the words before tell their builds. */
function wordsOf(message: string): Words {
  if (/^FileDescriptor \d+ left open: /.test(message)) return 'early'
  return /^(?:tcp|udp)6? localAddr |^(?:socket|pipe):\[\d+\]$|^anon_inode:/.test(message)
    ? 'prototype'
    : 'policies'
}

/** Texts that begin with the descriptor's number. */
function numbered(message: string): Bare | null {
  const scanned = /^FD fd=(\d{1,9}) (?:type=(\w+)(?: path=(.*)$)?)?/.exec(message)
  if (scanned !== null) {
    const [, fd, type = '', path = ''] = scanned
    const socket = type === 'socket' ? /^(.*),port=(\d+)$/.exec(path) : null
    const port = socket === null ? null : Number(socket[2])
    const plain = port === null ? message : message.slice(0, -`,port=${socket?.[2] ?? ''}`.length)
    return { is: 'descriptor', fd: Number(fd), type, target: targetOfLink(socket?.[1] ?? path), port, plain }
  }
  const left = /^FileDescriptor (\d{1,9}) left open: (?:(.*) \(\w+\)\s*$)?/s.exec(message)
  const bare = /^FileDescriptor (\d{1,9})\b(?:: (\w+))?(?:: (.*)$)?/s.exec(message)
  if (bare !== null) {
    const [, fd, type = null, rest = null] = left === null ? bare : []
    return {
      is: 'bare',
      fd: Number(left?.[1] ?? fd),
      type,
      path: left?.[2] ?? (type !== null && isFileType(type) ? rest : null),
      ends: endsOf(parseAddress(message)),
      protocol: protocolOf(message),
    }
  }
  const part = /^EPoll (Event )?FD (\d{1,9}) left open in (\S+) /.exec(message)
  if (part === null) return null
  const role = part[1] === undefined ? 'epoll' : 'event'
  return { is: 'selector-part', fd: Number(part[2]), role, selector: part[3] ?? '' }
}

/** The words for `st_mode` of what has a path. */
const isFileType = (type: string): boolean =>
  ['regular', 'directory', 'block', 'character', 'symlink'].includes(type)

function ofSelector(type: string | null, message: string): Bare | null {
  const selector = /^Selector (\S+) has registered keys/.exec(message)?.[1] ?? null
  if (selector === null && type !== 'IllegalSelectorException' && type !== 'BusySelectorException')
    return null
  if (message === '') return { is: 'unnamed', of: 'selector' }
  const list = /has registered keys from channels: \[(.*)\]$/s.exec(message)?.[1]
  const channels = list === undefined ? [] : list.split(/, (?=[\w.$]+[[@])/).map(channelOf)
  return { is: 'busy-selector', selector, channels }
}

/** `sun.nio.ch.ServerSocketChannelImpl[/127.0.0.1:80]`, `…SocketChannelImpl[connected local=/… remote=/…]` */
function channelOf(text: string): Channel {
  const name = text.replace(/^[\w.]*\.(?=[\w$]+[[@])/, '')
  const inside = /\b\w*Channel(?:Impl)?\[(?:connected )?(.*)\]$/s.exec(text)?.[1]
  if (inside === undefined) return { name, ends: null }
  const both = /local=(\S+?),? remote=(\S+)$/.exec(inside)
  const ends = endsOf({ local: both?.[1] ?? inside, remote: both?.[2] ?? null })
  return { name, ends: ends.local === null ? null : ends }
}

/** Java objects, as they call themselves. */
function ofObject(message: string): Bare | null {
  const pipe = /\bPipe (\d{1,9}) -> (\d{1,9})$/.exec(message)
  if (pipe !== null) return { is: 'pipe', fds: [Number(pipe[1]), Number(pipe[2])], failed: pipe.index > 0 }
  const object = message.replace(/^Cannot (?:close|find (?:local|remote) address for) /, '')
  if (/^sun\.nio\.ch\.PipeImpl\b/.test(object)) return { is: 'pipe', fds: [], failed: false }
  if (/^java\.lang\.Process(?:Impl|Environment)?\$/.test(object)) return { is: 'process-pipe' }
  if (/^(?:socket|pipe):\[\d+\]$|^anon_inode:/.test(message))
    return { is: 'link', target: targetOfLink(message) }
  const holder = holders.find(([pattern]) => pattern.test(object))?.[1]
  return holder === undefined ? null : socket(holder, message, parseAddress(message))
}

const holders: [RegExp, Holder][] = [
  [/^sun\.nio\.ch\.ServerSocketChannelImpl\b/, 'server-channel'],
  [/^(?:java\.nio\.channels\.SocketChannel|sun\.nio\.ch\.SocketChannelImpl)\b/, 'channel'],
  [/^(?:java\.net\.)?(?:Server)?Socket\[/, 'socket'],
  [/^(?:sun\.nio\.ch\.DatagramChannelImpl|java\.net\.(?:Datagram|Multicast)Socket)\b/, 'datagram'],
  [/^sun\.nio\.ch\.UnixAsynchronous(?:Server)?SocketChannelImpl\b/, 'asynchronous-channel'],
]

function socket(holder: Holder | null, message: string, address: Address | null): Bare {
  const ends = endsOf(address)
  const protocol = protocolOf(message)
  const state: SocketState =
    (/\[(unbound|unconnected|closed)\b/.exec(message)?.[1] as SocketState | undefined) ?? 'open'
  const server = /\bServerSocket|Server\w*Channel/.test(message)
  const listening = !message.includes('Datagram') && isListening(server, state, ends)
  return { is: 'socket', holder, ends, state, protocol, listening, channel: message.includes('Channel') }
}

/** A socket of the oldest kind does not say that it is a server's, but has no other end. */
export function isListening(server: boolean, state: SocketState, { local, remote }: Ends): boolean {
  return (server && state !== 'unbound' && state !== 'closed') || (local !== null && remote === null)
}

function protocolOf(message: string): Protocol | null {
  if (/^udp|SOCK_DGRAM|Datagram/.test(message)) return 'datagram'
  return message.includes('family=AF_UNIX') ? 'unix' : null
}

/** The path of a file as the app gave it. */
function pathOf(type: string | null, message: string): string | null {
  const isFile = type === 'CheckpointOpenFileException' || /^Cannot close |^\//.test(message)
  return isOpen(type) && isFile ? message.replace(/^Cannot close /, '') || null : null
}

export const isNoImage = (message: string): boolean =>
  /^(?:Native checkpoint failed\.|Unknown C\/R result: )/.test(message)

function troubleOf(type: string | null, message: string): Trouble | null {
  const text = `${type ?? ''}: ${message}`
  if (/ConfigurationException: ./.test(text)) return 'policy-file'
  if (/Reopen not implemented on sockets|Policy socket not implemented/.test(message)) return 'socket-reopen'
  if (message.includes('C/R is not configured')) return 'not-configured'
  if (isNoImage(message)) return 'no-image'
  if (/Native checkpoint failed|invalid info for restore|criu|CRIU/.test(message)) return 'engine'
  return null
}
