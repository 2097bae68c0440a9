import type { RemedyRule } from './rule.js'

const POLICIES = 'https://github.com/CRaC/docs/blob/master/fd-policies.md'
const GUIDE = 'https://docs.azul.com/core/crac/crac-guidelines'
const SELECTORS = 'https://github.com/openjdk/crac/pull/202'
const API = 'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/'
const WITH_POLICY = 'this policy (-Djdk.crac.resource-policies=FILE)'
const NO_POLICY = 'The JVM finds it natively, so that no policy helps.'

/** Remedies for sockets and selectors, by kind and generation; the last of each kind is always true. */
export const socketRules: RemedyRule[] = [
  {
    when: {
      kinds: ['socket', 'other'],
      native: false,
      traits: ['datagram'],
    },
    text: 'Close the datagram socket in beforeCheckpoint and open it in afterRestore. A policy of type `socket` never matches a datagram socket.',
    policy: {
      shape: 'datagram-close',
      text: `Where the code is not yours, ${WITH_POLICY} closes every datagram socket, for good.`,
    },
    source: POLICIES,
    proof: 'Datagram',
  },
  {
    when: { kinds: ['socket', 'listening-socket'], native: true, classes: ['sun.nio.ch.'] },
    text:
      'No Java object claims this socket any more. Either its channel was closed while it was registered with a ' +
      'selector, which keeps the descriptor: call key.cancel() and then selector.selectNow() (or wakeup()). Or it was ' +
      `lost without being closed: close it. ${NO_POLICY}`,
    policy: null,
    source: `${API}java/nio/channels/SelectionKey.html#cancel()`,
    proof: 'LostChannel, as 21.0.4',
  },
  {
    when: { kinds: ['socket', 'listening-socket'], native: true },
    text: `Native code opened this socket: close it in beforeCheckpoint through the API of the library that opened it. ${NO_POLICY}`,
    policy: null,
    source: POLICIES,
    proof: 'NativeSocket',
  },
  {
    when: { kinds: ['listening-socket'], generations: ['25'] },
    text: 'Close the server socket in beforeCheckpoint of an org.crac.Resource and bind it again in afterRestore. A leaked socket that is not collected yet counts, too.',
    policy: {
      shape: 'listening-reopen',
      text: `Where the code is not yours, ${WITH_POLICY} closes it and reopens it on the same address.`,
    },
    source: 'https://github.com/openjdk/crac/pull/204',
    proof: 'Listening',
  },
  {
    when: { kinds: ['listening-socket'] },
    text:
      'Close the server socket in beforeCheckpoint of an org.crac.Resource and bind it again in afterRestore. A policy ' +
      'can close it, but builds before 2025 can not reopen it: the restored app would listen no more.',
    policy: null,
    source: GUIDE,
    proof: 'Listening, as 21',
  },
  {
    when: { kinds: ['socket'], traits: ['accepted'] },
    text:
      'A client holds this connection to the app, so that the app can only close it: stop the server in beforeCheckpoint ' +
      'of an org.crac.Resource, which drops its connections, and start it in afterRestore; or let idle connections end ' +
      'before the checkpoint (a shorter keep-alive). The client connects anew.',
    policy: null,
    source: GUIDE,
    proof: 'Accepted',
  },
  {
    when: { kinds: ['socket'], generations: ['21', '25'] },
    text: 'Close the connection in beforeCheckpoint of an org.crac.Resource and connect again in afterRestore. A leaked socket that is not collected yet counts, too.',
    policy: {
      shape: 'socket-close',
      text: `Where the code is not yours, ${WITH_POLICY} closes it; its user must then connect anew.`,
    },
    source: POLICIES,
    proof: 'Connected',
  },
  {
    when: { kinds: ['socket'], generations: ['21.0.4'], registered: true },
    text:
      'Close the connection in beforeCheckpoint of an org.crac.Resource, take its key off the selector (key.cancel(), then ' +
      'selector.selectNow() or wakeup()), and connect again in afterRestore. No policy helps: on this build the selector is ' +
      'judged before the sockets are closed.',
    policy: null,
    source: SELECTORS,
    proof: 'RegisteredChannel, as 21.0.4',
  },
  {
    when: { kinds: ['socket'] },
    text: 'Close the connection in beforeCheckpoint of an org.crac.Resource and connect again in afterRestore.',
    policy: {
      shape: 'socket-close',
      text: `Where the code is not yours, ${WITH_POLICY} closes it (on builds before 2025 its selector fails all the same if it is registered with one); its user must then connect anew.`,
    },
    source: POLICIES,
    proof: 'Connected, as 21.0.4',
  },
  {
    when: { kinds: ['selector'], generations: ['25'] },
    text:
      'Before the checkpoint close the registered channels or cancel their keys; the JDK itself closes and reopens a ' +
      'selector without keys. A policy that closes or reopens the channels frees the selector, too.',
    policy: null,
    source: SELECTORS,
    proof: 'RegisteredChannel',
  },
  {
    when: { kinds: ['selector'], generations: ['21'] },
    text:
      'Before the checkpoint cancel the keys of the registered channels and call selector.selectNow(), or wakeup() if a ' +
      'thread selects: closing a channel alone leaves its key until the next select. A policy that closes the channels ' +
      'frees the selector, too; one for the selector itself does not exist.',
    policy: null,
    source: SELECTORS,
    proof: 'RegisteredChannel, as 21',
  },
  {
    when: { kinds: ['selector'] },
    text:
      'Before the checkpoint cancel the keys of the registered channels and call selector.selectNow(), or wakeup() if a ' +
      'thread selects: closing a channel alone leaves its key until the next select. On 21 builds before 2025 no policy ' +
      'helps while a channel is registered; later ones free the selector when a policy closes the channels.',
    policy: null,
    source: SELECTORS,
    proof: 'RegisteredChannel, as 21.0.4',
  },
]
