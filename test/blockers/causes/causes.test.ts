import { expect, test } from 'vitest'
import { describe, type Entry } from '../../../harness/model/target.js'
import { blockersOf, entry, finding, lines, native, origin, resource, socket } from '../literals.js'

const EPOLL = ['sun.nio.ch.EPoll.create', 'sun.nio.ch.EPollSelectorImpl.<init>:74']
const EVENT = [
  'sun.nio.ch.EventFD.set0',
  'sun.nio.ch.EventFD.<init>:43',
  'sun.nio.ch.EPollSelectorImpl.<init>:81',
]
const OPENED = ['sun.nio.ch.EPollSelectorProvider.openSelector:36', 'java.nio.channels.Selector.open:295']
const selector = (fd: number, ...caller: string[]): Entry[] => [
  entry(fd, 'eventpoll', 'anon_inode:[eventpoll]', [...EPOLL, ...OPENED, ...caller]),
  entry(fd + 1, 'eventfd', 'anon_inode:[eventfd]', [...EVENT, ...OPENED, ...caller]),
]
const SERVER = ['sun.nio.ch.Net.socket0', 'sun.nio.ch.ServerSocketChannelImpl.<init>:101']

test('sockets that one line made are one blocker on whatever way it was reached; another line is another', async () => {
  const pool = (fd: number, caller: string, line = 42) =>
    entry(
      fd,
      'socket',
      `tcp 10.0.0.9:${40000 + fd}`,
      ['sun.nio.ch.Net.socket0', `com.acme.Pool.open:${line}`, caller],
      { peer: '10.0.0.5:5432' },
    )
  const found = (fd: number) => socket(`Socket[addr=db/10.0.0.5,port=5432,localport=${40000 + fd}]`)
  const fds = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
  const blockers = await blockersOf([...fds, 20, 21].map(found), [
    ...fds.map((fd) => pool(fd, 'com.acme.Pool.fill:9')),
    pool(20, 'com.acme.Pool.check:5'),
    pool(21, 'com.acme.Pool.check:5', 50),
  ])
  expect(lines(blockers)).toEqual([
    'socket:com.acme.Pool.open | 11 sockets to db:5432 | 10 11 12 13 14 15 16 17 18 19 20',
    'socket:com.acme.Pool.open#2 | socket to db:5432 | 21',
  ])
  expect(blockers[0]?.findings).toHaveLength(11)
  expect(blockers[0]?.owner?.frame).toBe('com.acme.Pool.open:42')
})

test('a busy selector is one blocker with its epoll and eventfd, and its channel stays a blocker of its own', async () => {
  const name = 'sun.nio.ch.EPollSelectorImpl@31befd9f'
  const findings = [
    finding(
      'BusySelectorException',
      `Selector ${name} has registered keys from channels: [sun.nio.ch.ServerSocketChannelImpl[/127.0.0.1:34217], java.nio.channels.SocketChannel[connected local=/127.0.0.1:1 remote=/127.0.0.1:2]]`,
    ),
    socket(`EPoll FD 7 left open in ${name} with registered keys.`),
    socket('sun.nio.ch.ServerSocketChannelImpl[/127.0.0.1:34217]'),
    socket(`EPoll Event FD 8 left open in ${name} with registered keys.`),
  ]
  const ledger = [
    entry(6, 'socket', 'tcp 127.0.0.1:34217 listening', [...SERVER, 'com.acme.Http.listen:8']),
    ...selector(7, 'com.acme.Http.select:9'),
  ]
  const expected = [
    'listening-socket:com.acme.Http.listen | listening socket 127.0.0.1:34217 | 6',
    'selector:com.acme.Http.select | selector with 2 registered channels: ServerSocketChannelImpl[/127.0.0.1:34217], SocketChannel[connected local=/127.0.0.1:1 remote=/127.0.0.1:2] | 7 8',
  ]
  expect(lines(await blockersOf(findings, ledger))).toEqual(expected)
  // Without a ledger the text alone holds the three together.
  const [, alone] = await blockersOf(findings)
  expect(alone).toMatchObject({ kind: 'selector', descriptors: [7, 8], owner: null })
})

test("an older build's selector, which names nothing, finds its native epoll and eventfd by what made them", async () => {
  const findings = [
    finding('IllegalSelectorException', ''),
    finding('IllegalSelectorException', ''),
    finding('IllegalSelectorException', ''),
    ...[7, 9, 11].flatMap((fd) => [
      native(fd, 'unknown', 'anon_inode:[eventpoll]'),
      native(fd + 1, 'unknown', 'anon_inode:[eventfd]'),
    ]),
  ]
  const ledger = [
    ...selector(7, 'com.acme.Loop.<init>:4'),
    ...selector(9, 'com.acme.Loop.<init>:4'),
    ...selector(11, 'com.acme.Other.run:1'),
  ]
  expect(lines(await blockersOf(findings, ledger, '21.0.4'))).toEqual([
    'selector:com.acme.Loop.<init> | 2 selectors with registered keys | 7 8 9 10',
    'selector:com.acme.Other.run | selector with registered keys | 11 12',
  ])
})

test('without a ledger a selector takes native epolls only where their number leaves no doubt', async () => {
  const one = [
    finding('IllegalSelectorException', ''),
    native(7, 'unknown', 'anon_inode:[eventpoll]'),
    native(8, 'unknown', 'anon_inode:[eventfd]'),
  ]
  const [sure] = await blockersOf(one)
  expect(sure).toMatchObject({ kind: 'selector', descriptors: [7, 8] })
  const unsure = await blockersOf([...one, native(9, 'unknown', 'anon_inode:[eventpoll]')])
  expect(unsure.map(({ kind }) => kind).sort()).toEqual(['native', 'native', 'selector'])
})

test('a watch service is one blocker, with its inotify and both sockets, apart from a service made elsewhere', async () => {
  const watch = (fd: number, caller: string) => {
    const made = (inner: string) => [
      inner,
      'sun.nio.fs.LinuxWatchService.<init>:60',
      'sun.nio.fs.LinuxFileSystem.newWatchService:47',
      caller,
    ]
    return [
      entry(fd, 'inotify', 'anon_inode:inotify', made('sun.nio.fs.LinuxWatchService.inotifyInit')),
      entry(fd + 1, 'socket', 'unix unnamed', made('sun.nio.fs.LinuxWatchService.socketpair')),
      entry(fd + 2, 'socket', 'unix unnamed', made('sun.nio.fs.LinuxWatchService.socketpair')),
    ]
  }
  const found = (fd: number) => [
    native(fd, 'unknown', 'anon_inode:inotify'),
    native(fd + 1, 'socket', `socket:[${6404960 + fd}],port=29295`),
    native(fd + 2, 'socket', `socket:[${6404970 + fd}],port=29295`),
  ]
  const blockers = await blockersOf(
    [...found(5), ...found(8)],
    [
      ...watch(5, 'org.apache.felix.fileinstall.internal.WatcherScanner.<init>:61'),
      ...watch(8, 'com.acme.Watch.main:3'),
    ],
  )
  expect(lines(blockers)).toEqual([
    'watch-service:com.acme.Watch.main | watch service (1 inotify, 2 unix sockets) | 8 9 10',
    'watch-service:org.apache.felix.fileinstall.internal.WatcherScanner.<init> | watch service (1 inotify, 2 unix sockets) | 5 6 7',
  ])
  expect(blockers[1]?.remedy.text).toContain('felix.fileinstall.disableNio2=true')
  expect(blockers.map(({ remedy }) => remedy.policy)).toEqual([null, null])
})

test('the streams of one process, the ends of one pipe and a channel group are one blocker each', async () => {
  const process = [
    'java.lang.ProcessImpl.forkAndExec',
    'java.lang.ProcessImpl.<init>:319',
    'java.lang.ProcessBuilder.start:1110',
    'com.acme.Run.start:7',
  ]
  const pipe = [
    'sun.nio.ch.IOUtil.makePipe',
    'sun.nio.ch.PipeImpl.<init>:42',
    'java.nio.channels.Pipe.open:162',
    'com.acme.Pipes.open:2',
  ]
  const port = (inner: string) => [
    inner,
    'sun.nio.ch.EPollPort.<init>:115',
    'sun.nio.ch.LinuxAsynchronousChannelProvider.createEventPort:44',
    'com.acme.Async.main:9',
  ]
  const ledger = [
    ...[6, 8, 10].map((fd) => entry(fd, 'pipe', `pipe:[${640990 + fd}]`, process)),
    entry(12, 'pipe', 'pipe:[700001]', pipe),
    entry(13, 'pipe', 'pipe:[700001]', pipe),
    entry(14, 'eventpoll', 'anon_inode:[eventpoll]', port('sun.nio.ch.EPoll.create')),
    entry(15, 'pipe', 'pipe:[700002]', port('sun.nio.ch.IOUtil.makePipe')),
    entry(16, 'pipe', 'pipe:[700002]', port('sun.nio.ch.IOUtil.makePipe')),
  ]
  const findings = [
    resource('java.lang.ProcessImpl$ProcessPipeOutputStream@58a9b78d'),
    resource('java.lang.Process$PipeInputStream@70cda783'),
    resource('java.lang.Process$PipeInputStream@5e31638f'),
    resource('sun.nio.ch.PipeImpl$1@135fbaa4'),
    native(14, 'unknown', 'anon_inode:[eventpoll]'),
    native(15, 'fifo', 'pipe:[700002]'),
    native(16, 'fifo', 'pipe:[700002]'),
  ]
  expect(lines(await blockersOf(findings, ledger))).toEqual([
    'native:com.acme.Async.main | asynchronous channel group (1 eventpoll, 2 pipe ends) | 14 15 16',
    'pipe:com.acme.Pipes.open | pipe (java.nio.channels.Pipe) | 12 13',
    'process:com.acme.Run.start | streams of a child process (3 pipes) | 6 8 10',
  ])
})

test.each([
  ['io.netty', 'where it was made'],
  ['io.grpc.netty.shaded.io.netty', 'in a jar of another'],
  ['com.datastax.oss.driver.shaded.netty', 'in a jar of another, under a shorter name'],
  ['org.apache.pulsar.shade.io.netty', 'in a jar of another, before its own name'],
])("%s: Netty's native event loops from one call site are one blocker, %s", async (netty) => {
  const made = (inner: string) => [
    `${netty}.channel.epoll.Native.${inner}`,
    `${netty}.channel.epoll.EpollEventLoop.openFileDescriptors:${inner.length}`,
    `${netty}.channel.epoll.EpollEventLoop.<init>:90`,
    `${netty}.util.concurrent.MultithreadEventExecutorGroup.<init>:84`,
    `${netty}.channel.epoll.EpollEventLoopGroup.<init>:112`,
    'com.acme.Server.start:30',
  ]
  const kinds = ['eventpoll', 'eventfd', 'timerfd'] as const
  const fds = Array.from({ length: 15 }, (_, i) => i + 20)
  const ledger = fds.map((fd) => {
    const kind = kinds[fd % 3] ?? 'eventpoll'
    return entry(fd, kind, `anon_inode:[${kind}]`, made(`new${kind}`))
  })
  const blockers = await blockersOf(
    fds.map((fd, i) => native(fd, 'unknown', describe(ledger[i]?.target ?? { is: 'other', link: '' }))),
    ledger,
  )
  expect(lines(blockers)).toEqual([
    `native:${netty}.channel.epoll.EpollEventLoop.<init> | 5 native epoll loops of Netty (5 eventfds, 5 eventpolls, 5 timerfds) | ${fds.join(' ')}`,
  ])
  // Relocation moves the names of its properties as well.
  expect(blockers[0]?.remedy.text).toContain(` -D${netty}.transport.noNative=true`)
})

test('an asynchronous file channel is one blocker, with the exception that has no text', async () => {
  const made = [
    'sun.nio.fs.UnixNativeDispatcher.open',
    'sun.nio.fs.UnixChannelFactory.newAsynchronousFileChannel:139',
    'com.acme.Files.read:5',
  ]
  const blockers = await blockersOf(
    [finding('UnsupportedOperationException', ''), resource('FileDescriptor 5: regular: /srv/app/data.txt')],
    [entry(5, 'file', '/srv/app/data.txt', made)],
  )
  expect(lines(blockers)).toEqual(['file:com.acme.Files.read | file /srv/app/data.txt | 5'])
  expect(blockers[0]?.findings).toHaveLength(2)
  expect(blockers[0]?.remedy.policy).toBeNull()
})

test("the streams of a process and an asynchronous file channel are told by the engine's stacks, too", async () => {
  const created = (...frames: string[]) => ({ creationStack: origin(frames).java })
  const process = created(
    'java.lang.ProcessImpl.<init>:319',
    'java.lang.ProcessBuilder.start:1110',
    'com.acme.Run.go:7',
  )
  const channel = created(
    'sun.nio.fs.UnixChannelFactory.newAsynchronousFileChannel:139',
    'com.acme.Io.async:3',
  )
  const blockers = await blockersOf([
    finding('CheckpointOpenResourceException', 'java.lang.Process$PipeInputStream@70cda783', process),
    finding(
      'CheckpointOpenResourceException',
      'java.lang.ProcessImpl$ProcessPipeOutputStream@58a9b78d',
      process,
    ),
    finding('CheckpointOpenResourceException', 'FileDescriptor 5: regular: /srv/app/data.txt', channel),
    finding('UnsupportedOperationException', ''),
  ])
  expect(lines(blockers)).toEqual([
    'file:com.acme.Io.async | file /srv/app/data.txt | 5',
    'process:com.acme.Run.go | streams of a child process (2 pipes); its descriptor is not known | ',
  ])
  expect(blockers[0]?.remedy.policy).toBeNull()
})

test('descriptors that no Java code made are told apart by their native stacks', async () => {
  const made = (fd: number, ...stack: string[]) =>
    entry(fd, 'socket', 'unix unnamed', [], { origin: origin([], { native: stack }) })
  const ledger = [
    made(4, 'socket+0x17 (libc.so.6)', '__nscd_get_mapping+0x1 (libc.so.6)'),
    made(5, 'socket+0x17 (libc.so.6)', 'zmq_init+0x9 (libzmq.so)'),
  ]
  const blockers = await blockersOf(
    [native(4, 'socket', 'socket:[1],port=29295'), native(5, 'socket', 'socket:[2],port=29295')],
    ledger,
  )
  expect(lines(blockers)).toEqual([
    'native:unix | native descriptor unix unnamed | 4',
    'native:unix#2 | native descriptor unix unnamed | 5',
  ])
})

test('the fifteen descriptors of five native event loops are one cause, even without a stack', async () => {
  const findings = [0, 1, 2, 3, 4].flatMap((loop) =>
    ['eventpoll', 'eventfd', 'timerfd'].map((name, i) =>
      native(20 + loop * 3 + i, 'unknown', `anon_inode:[${name}]`),
    ),
  )
  const [blocker, ...more] = await blockersOf(findings)
  expect(more).toEqual([])
  expect(blocker?.descriptors).toHaveLength(15)
  expect(blocker?.remedy.text).toContain('-Dio.netty.transport.noNative=true')
  expect(await blockersOf(findings.slice(1))).toHaveLength(3)
})
