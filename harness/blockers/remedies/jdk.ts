import { FAILED_POLICY } from '../failed-policies.js'
import type { RemedyRule } from './rule.js'

const POLICIES = 'https://github.com/CRaC/docs/blob/master/fd-policies.md'
const GUIDE = 'https://docs.azul.com/core/crac/crac-guidelines'
const API = 'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/'
const WITH_POLICY = 'this policy (-Djdk.crac.resource-policies=FILE)'
const NO_POLICY = 'The JVM finds it natively, so that no policy helps.'

/** Remedies for what else the JDK's own classes open, by kind and generation; the last of each kind is always true. */
export const jdkRules: RemedyRule[] = [
  {
    when: { kinds: ['watch-service'] },
    text: `Close the WatchService in beforeCheckpoint and make a new one in afterRestore; on 21 and later it is in the way even without keys. ${NO_POLICY}`,
    policy: null,
    source: `${API}java/nio/file/WatchService.html`,
    proof: 'Watching',
  },
  {
    when: { kinds: ['process'] },
    text: 'Close the three streams of the Process, or end it, before the checkpoint: a child is not part of the image, and its standard input stays open after its end.',
    policy: {
      shape: 'pipe-close',
      text: `Where the code is not yours, ${WITH_POLICY} closes all streams of processes, but makes any open NIO Pipe fail before the builds of August 2026.`,
    },
    source: POLICIES,
    proof: 'Child',
  },
  {
    when: { kinds: ['pipe', 'other'], traits: ['pipe-policy'] },
    text: 'No policy works for a NIO Pipe before the builds of August 2026 (JDK-8389958): leave it out of the policy file and close source and sink in beforeCheckpoint.',
    policy: null,
    source: `${API}java/nio/channels/Pipe.html`,
    proof: 'NioPipe, under a policy',
  },
  {
    when: { kinds: ['pipe'], native: false, traits: ['nio-pipe'] },
    text:
      'Close source and sink of the Pipe in beforeCheckpoint. No policy helps before the builds of August 2026 ' +
      '(JDK-8389958): for a NIO pipe the JDK answers `close` and `ignore` with "Unknown policy action".',
    policy: null,
    source: `${API}java/nio/channels/Pipe.html`,
    proof: 'NioPipe',
  },
  {
    when: { kinds: ['pipe'], native: true },
    text: `Close both ends of the pipe before the checkpoint, through the API of what opened it. ${NO_POLICY}`,
    policy: null,
    source: POLICIES,
    proof: 'NativePipe',
  },
  {
    when: { kinds: ['pipe'] },
    text: 'Close both ends of the pipe in beforeCheckpoint.',
    policy: { shape: 'pipe-close', text: `Where the code is not yours, ${WITH_POLICY} closes every pipe.` },
    source: POLICIES,
    proof: 'Child, untraced',
  },
  {
    when: { kinds: ['native'], making: ['channel-group'] },
    text:
      'An asynchronous channel group keeps an epoll and a pipe until it is shut down, and the default group never is: ' +
      `open channels in a group of your own (AsynchronousChannelGroup.withFixedThreadPool) and call its shutdownNow() in beforeCheckpoint. ${NO_POLICY}`,
    policy: null,
    source: `${API}java/nio/channels/AsynchronousChannelGroup.html`,
    proof: 'ChannelGroup',
  },
  {
    when: { kinds: ['native'], making: ['poller'] },
    text:
      'The pollers of virtual threads appear with the first blocking socket operation in one. CRaC builds of 24 and ' +
      `later close them; on 21 do blocking socket work in platform threads until the checkpoint. ${NO_POLICY}`,
    policy: null,
    source: 'https://openjdk.org/jeps/444',
    proof: 'VirtualThreads',
  },
  {
    when: { kinds: ['native'], traits: ['native-socket'], hasStack: false },
    text:
      'Native code holds a socket; without a Java creator it often is a name service connection (nscd, sssd) of a user ' +
      `or host look-up. Its native stack names the library. Turn that service off in the image, or close it through the library's API. ${NO_POLICY}`,
    policy: null,
    source: 'https://github.com/openjdk/crac/pull/137',
    proof: 'NativeUnixSocket, untraced',
  },
  {
    when: { kinds: ['native'], traits: ['inotify'] },
    text:
      'An inotify descriptor mostly belongs to a WatchService, with two unix sockets beside it: close that in ' +
      `beforeCheckpoint and make a new one in afterRestore. ${NO_POLICY}`,
    policy: null,
    source: `${API}java/nio/file/WatchService.html`,
    proof: 'NativeWatch',
  },
  {
    when: { kinds: ['native'], traits: ['timerfd'], hasStack: false },
    text:
      "An event loop of a native transport, such as Netty's, holds an eventpoll, an eventfd and a timerfd, which no Java " +
      'object claims. Use the NIO transport: -Dio.netty.transport.noNative=true where the library asks Epoll.isAvailable() ' +
      '(a relocated Netty has a relocated property, such as -Dio.grpc.netty.shaded.io.netty.transport.noNative=true), ' +
      `else NioEventLoopGroup (or NioIoHandler); and close the channels before the checkpoint. ${NO_POLICY}`,
    policy: null,
    source: 'https://github.com/netty/netty/pull/13430',
    proof: 'NettyEpoll, untraced',
  },
  {
    when: { kinds: ['native'], traits: ['eventpoll', 'eventfd', 'timerfd'], hasStack: false },
    text:
      'No Java object claims it: an asynchronous channel group (which shutdownNow() ends), pollers of virtual threads (on ' +
      `21), or a native transport such as Netty's have such descriptors. Trace its creation to know which. ${NO_POLICY}`,
    policy: null,
    source: 'https://github.com/CRaC/docs/issues/26',
    proof: 'ChannelGroup, untraced',
  },
  {
    when: { kinds: ['native'] },
    text: `Native code opened this, outside of the JDK's classes: close it in beforeCheckpoint through the API of the library that opened it. ${NO_POLICY}`,
    policy: null,
    source: POLICIES,
    proof: 'NativeEvents',
  },
  {
    when: { kinds: ['other'], traits: ['policy-file'] },
    text:
      'Correct the file that jdk.crac.resource-policies names: rules are `key: value` lines with type and action, with ' +
      '--- between rules. Until then no policy applies at all.',
    policy: null,
    source: POLICIES,
    proof: 'Idle, with a wrong policy',
  },
  {
    when: { kinds: ['other'], traits: ['socket-reopen'] },
    text: FAILED_POLICY.socketReopen,
    policy: null,
    source: 'https://github.com/openjdk/crac/pull/204',
    proof: 'untried',
  },
  {
    when: { kinds: ['other'], traits: ['not-configured'] },
    text: 'Start the JVM with -XX:CRaCCheckpointTo=FOLDER.',
    policy: null,
    source: GUIDE,
    proof: 'untried',
  },
  {
    when: { kinds: ['other'], traits: ['engine', 'no-image'] },
    text:
      'The JVM found no descriptor at fault, and its engine failed. Its reason stands in dump4.log in the image folder and on the ' +
      "app's standard error; most often it lacks privileges (CAP_CHECKPOINT_RESTORE and CAP_SYS_PTRACE).",
    policy: null,
    source: 'https://github.com/CRaC/docs/blob/master/debugging.md',
    proof: 'untried',
  },
  {
    when: { kinds: ['other'] },
    text:
      'This is an exception of the checkpoint itself or of a Resource: its stack in the output of the engine names the ' +
      'beforeCheckpoint or afterRestore that threw it.',
    policy: null,
    source: GUIDE,
    proof: 'ThrowingResource',
  },
]
