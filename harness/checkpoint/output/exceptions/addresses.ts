import { decodeSockaddr } from './sockaddr.js'

export interface Address {
  local: string | null
  remote: string | null
}

const MAX_ADDRESS = 4000

/** A channel's brackets hold one of these where there is no address. */
const nowhere = /^(?:|closed|unbound|unconnected|connection-pending|not bound|null)$/

/** Reads the addresses out of a socket's text, in whichever of CRaC's and the JDK's forms it is. */
export function parseAddress(message: string): Address | null {
  const text = message.slice(0, MAX_ADDRESS)
  const address =
    fromProc(text) ??
    fromSockaddr(text) ??
    fromSocket(text) ??
    fromTls(text) ??
    fromLeftOpen(text) ??
    fromChannel(text)
  return address === null || (address.local === null && address.remote === null) ? null : address
}

/** `tcp6 localAddr :: localPort 8080 remoteAddr :: remotePort 0`: the JDK 14 prototype and early 17. */
function fromProc(text: string): Address | null {
  const match = /\blocalAddr (\S+) localPort (\d+) remoteAddr (\S+) remotePort (\d+)/.exec(text)
  if (match === null) return null
  const [, local = '', localPort = '', remote = '', remotePort = ''] = match
  return { local: hostPort(local, localPort), remote: hostPort(remote, remotePort) }
}

/** `socket: family=AF_INET6 type=SOCK_DGRAM localaddr=0a00… remoteaddr=`: the raw bytes of a bare descriptor. */
function fromSockaddr(text: string): Address | null {
  const match = /\blocaladdr=([0-9a-fA-F]*)(?: remoteaddr=([0-9a-fA-F]*))?/.exec(text)
  return match === null
    ? null
    : { local: decodeSockaddr(match[1] ?? ''), remote: decodeSockaddr(match[2] ?? '') }
}

/** `Socket[addr=db/10.0.0.1,port=5432,localport=40000]`, `ServerSocket[addr=0.0.0.0/0.0.0.0,localport=8080]`. */
function fromSocket(text: string): Address | null {
  const client = /\bSocket\[addr=([^,\]]{0,300}),port=(\d+),localport=(\d+)\]/.exec(text)
  if (client !== null)
    return { local: `:${client[3] ?? ''}`, remote: `${client[1] ?? ''}:${client[2] ?? ''}` }
  const server = /\bServerSocket\[addr=([^,\]]{0,300}),localport=(\d+)\]/.exec(text)
  return server === null ? null : { local: `${server[1] ?? ''}:${server[2] ?? ''}`, remote: null }
}

/** `SSLSocket[hostname=db, port=443, Session(…)]`: the JDK's own TLS socket. */
function fromTls(text: string): Address | null {
  const match = /\bSSLSocket\[hostname=([^,\]]{0,300}), port=(\d+)/.exec(text)
  return match === null ? null : { local: null, remote: `${match[1] ?? ''}:${match[2] ?? ''}` }
}

/** `FileDescriptor 7 left open: tcp6 local /[::]:8080 remote not bound`: 17 in early 2023. */
function fromLeftOpen(text: string): Address | null {
  const match = /\b(?:tcp|udp)6? local (not bound|\S+) remote (not bound|\S+)/.exec(text)
  return match === null ? null : { local: somewhere(match[1]), remote: somewhere(match[2]) }
}

/** `java.nio.channels.SocketChannel[connected local=… remote=…]`, `sun.nio.ch.ServerSocketChannelImpl[/[::]:80]`. */
function fromChannel(text: string): Address | null {
  const open = text.indexOf('[')
  if (
    open <= 0 ||
    !text.endsWith(']') ||
    !/^[\w.$]*(?:Channel|Socket)[\w$]*$/.test(ownerOf(text.slice(0, open)))
  )
    return null
  const inside = text.slice(open + 1, -1)
  const local = /(?:^|\s)local=(.*?)(?= remote=|$)/.exec(inside)
  const remote = /(?:^|\s)remote=(.*)$/.exec(inside)
  if (local !== null || remote !== null)
    return { local: somewhere(local?.[1]), remote: somewhere(remote?.[1]) }
  return {
    local: somewhere(/^(?:connect|unconnect|listening)/.test(inside) ? undefined : inside),
    remote: null,
  }
}

/** The channel's class stands last: `Cannot find local address for sun.nio.ch.SocketChannelImpl[…]`. */
function ownerOf(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1)
}

function somewhere(text: string | undefined): string | null {
  return text === undefined || nowhere.test(text) ? null : text
}

function hostPort(host: string, port: string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
