import { z } from 'zod'
import { endsOf, type Address } from '../../model/endpoint.js'
import type { Holder, Named, SocketState, Subject, Trouble } from '../../model/finding.js'
import { targetOfLink } from '../../model/target.js'
import { decodeSockaddr } from '../output/exceptions/sockaddr.js'
import { isListening } from '../output/exceptions/subjects.js'

const fd = z.number().int()
const ends = z.object({ local: z.string().nullable(), remote: z.string().nullable() })
const holders = ['socket', 'channel', 'server-channel', 'datagram', 'asynchronous-channel'] as const
const states = ['open', 'unbound', 'unconnected', 'closed'] as const
const troubles = ['policy-file', 'socket-reopen'] as const

/** What the agent says that an exception speaks of: `owners/Subject.java` writes it. */
export const subjectSchema = z
  .discriminatedUnion('is', [
    z.object({ is: z.literal('descriptor'), fd, type: z.string(), link: z.string(), port: fd.nullable() }),
    z.object({
      is: z.literal('bare'),
      fd,
      type: z.string(),
      path: z.string().nullable(),
      /** The kernel's own bytes, in hexadecimal digits. */
      sockaddr: ends,
      protocol: z.enum(['datagram', 'unix']).nullable(),
    }),
    z.object({
      is: z.literal('selector-part'),
      fd,
      role: z.enum(['epoll', 'event']),
      selector: z.string(),
    }),
    z.object({
      is: z.literal('busy-selector'),
      selector: z.string(),
      channels: z.array(z.object({ name: z.string(), address: ends.nullable() })),
    }),
    z.object({
      is: z.literal('socket'),
      holder: z.enum(holders satisfies readonly Holder[]),
      address: ends,
      state: z.enum(states satisfies readonly SocketState[]),
      server: z.boolean(),
      channel: z.boolean(),
    }),
    z.object({ is: z.literal('file'), path: z.string() }),
    z.object({ is: z.literal('pipe'), fds: z.array(fd), failed: z.boolean() }),
    z.object({ is: z.literal('process-pipe') }),
    z.object({ is: z.literal('unnamed'), of: z.enum(['selector', 'asynchronous-file']) }),
    z.object({
      is: z.literal('not-a-descriptor'),
      trouble: z.enum(troubles satisfies readonly Trouble[]).nullable(),
    }),
  ])
  .and(z.object({ name: z.string(), owner: z.string().nullable() }))

export type AgentSubject = z.infer<typeof subjectSchema>

/** The same as the harness knows it, and the addresses that the report shows. */
export function readSubject(sent: AgentSubject): { subject: Subject; address: Address | null } {
  const address = addressOf(sent)
  return { subject: subjectOf(sent, address), address }
}

function subjectOf(sent: AgentSubject, address: Address | null): Subject {
  // The agent prints nothing twice, so nothing is to be told from a repetition.
  const named: Named = { words: 'policies', name: sent.name, owner: sent.owner, once: false }
  switch (sent.is) {
    case 'descriptor':
      return {
        ...named,
        is: sent.is,
        fd: sent.fd,
        type: sent.type,
        target: targetOfLink(sent.link),
        port: sent.port,
        plain: `FD fd=${sent.fd} type=${sent.type} path=${sent.link}`,
      }
    case 'bare':
      return {
        ...named,
        is: sent.is,
        fd: sent.fd,
        type: sent.type,
        path: sent.path,
        ends: endsOf(address),
        protocol: sent.protocol,
      }
    case 'busy-selector':
      return { ...named, is: sent.is, selector: sent.selector, channels: sent.channels.map(channelOf) }
    case 'socket': {
      const { holder, state, server, channel } = sent
      const known = endsOf(address)
      const listening = isListening(server, state, known)
      return { ...named, is: sent.is, holder, ends: known, state, protocol: null, listening, channel }
    }
    default:
      return { ...sent, ...named }
  }
}

function channelOf({ name, address }: { name: string; address: Address | null }) {
  const known = endsOf(address)
  return { name, ends: known.local === null ? null : known }
}

function addressOf(sent: AgentSubject): Address | null {
  if (sent.is === 'socket') return someAddress(sent.address)
  if (sent.is !== 'bare') return null
  const { local, remote } = sent.sockaddr
  return someAddress({ local: decodeSockaddr(local ?? ''), remote: decodeSockaddr(remote ?? '') })
}

const someAddress = (address: Address): Address | null =>
  address.local === null && address.remote === null ? null : address
