import type { Ends } from './endpoint.js'
import type { Blocker, Finding as ReportedFinding } from './report.js'
import type { Target } from './target.js'

/** A finding while the harness works with it: the report keeps its text, the harness knows what the text speaks of. */
export interface Finding extends ReportedFinding {
  subject: Subject
  context?: Context
}

/** What the text shows around a finding and the report has no place for. */
export interface Context {
  /** Which action of a policy failed on it. */
  failedPolicy?: 'close' | 'reopen'
  /** Why: `java.io.IOException: Stream Closed`. */
  cause?: string
  /** The thread that created the descriptor, where its frames were filtered away. */
  creator?: string
  /** Spring itself asked for the checkpoint, at the end of its start-up. */
  onRefresh?: true
}

/** What a finding speaks of. */
export type Subject = Named &
  (
    | {
        /** The JVM's own scan of the descriptors found it: no Java object claims it, so that no policy applies. */
        is: 'descriptor'
        fd: number
        type: string
        target: Target
        /** The JVM prints one for sockets of every family: for a unix socket the number means nothing. */
        port: number | null
        /** The message without it. */
        plain: string
      }
    /** A java.io.FileDescriptor that nothing else in Java speaks for; `type` is null where the build names none. */
    | {
        is: 'bare'
        fd: number
        type: string | null
        path: string | null
        ends: Ends
        protocol: Protocol | null
      }
    | { is: 'selector-part'; fd: number; role: 'epoll' | 'event'; selector: string }
    | { is: 'busy-selector'; selector: string | null; channels: Channel[] }
    | {
        is: 'socket'
        holder: Holder | null
        ends: Ends
        state: SocketState
        protocol: Protocol | null
        listening: boolean
        /** Whether a selector could have a key of it. */
        channel: boolean
      }
    | { is: 'file'; path: string }
    /** A java.nio.channels.Pipe: one finding for both ends. `failed`: it speaks of a policy that failed on it. */
    | { is: 'pipe'; fds: number[]; failed: boolean }
    /** A stream of a child process. */
    | { is: 'process-pipe' }
    /** What /proc shows of it, all that the oldest builds print: `pipe:[123]`, `anon_inode:[eventpoll]`. */
    | { is: 'link'; target: Target }
    /** It tells nothing of the descriptor that it is about. */
    | { is: 'unnamed'; of: 'selector' | 'asynchronous-file' | 'descriptor' }
    | { is: 'not-a-descriptor'; trouble: Trouble | null }
  )

/** What is known of every subject. */
export interface Named {
  words: Words
  /** What the text calls it, without the identity of a Java object. */
  name: string
  /** The class of the Java object that the text begins with. */
  owner: string | null
  /** Whether the text holds a number or an identity that one answer of one JVM can hold only once. */
  once: boolean
}

/** Whose words a text is in: the prototype's (2020), those of 17 until 2023, or those of builds that know policies. */
export type Words = 'prototype' | 'early' | 'policies'

/** A channel that is registered with a busy selector. */
export interface Channel {
  name: string
  ends: Ends | null
}

/** The Java object that holds a socket, as far as several of them make their descriptors in different places. */
export type Holder = 'socket' | 'channel' | 'server-channel' | 'datagram' | 'asynchronous-channel'

export type SocketState = 'open' | 'unbound' | 'unconnected' | 'closed'

export type Protocol = 'datagram' | 'unix'

/** What went wrong where no descriptor is at fault. `no-image`: the JVM says that its engine has made none. */
export type Trouble = 'policy-file' | 'socket-reopen' | 'not-configured' | 'engine' | 'no-image'

/** A blocker while the harness works with it. */
export interface FoundBlocker extends Omit<Blocker, 'findings'> {
  findings: Finding[]
}

/** The blocker as the report keeps it. */
export function toBlocker({ id, kind, summary, findings, ...more }: FoundBlocker): Blocker {
  return { id, kind, summary, findings: findings.map(toReported), ...more }
}

/** The finding as the report keeps it. */
export function toReported({ subject: _subject, context: _context, ...reported }: Finding): ReportedFinding {
  return reported
}

/** What the harness itself has found wrong after a restore: no exception, no descriptor. */
export const observed = (
  message: string,
  resource: ReportedFinding['resource'] = 'other',
): ReportedFinding => ({
  type: null,
  message,
  fd: null,
  resource,
  address: null,
  creationStack: [],
  thrownAt: [],
  unknowable: false,
})
