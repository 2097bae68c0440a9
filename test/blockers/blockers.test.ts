import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockerSchema, type Finding, type LedgerEntry } from '../../harness/report.js'
import { blockersOf, entry, file, finding, lines, native, origin, resource, socket } from './literals.js'

const EPOLL = ['sun.nio.ch.EPoll.create', 'sun.nio.ch.EPollSelectorImpl.<init>:74']
const EVENT = [
  'sun.nio.ch.EventFD.set0',
  'sun.nio.ch.EventFD.<init>:43',
  'sun.nio.ch.EPollSelectorImpl.<init>:81',
]
const OPENED = ['sun.nio.ch.EPollSelectorProvider.openSelector:36', 'java.nio.channels.Selector.open:295']
const selector = (fd: number, ...caller: string[]): LedgerEntry[] => [
  entry(fd, 'eventpoll', 'anon_inode:[eventpoll]', [...EPOLL, ...OPENED, ...caller]),
  entry(fd + 1, 'eventfd', 'anon_inode:[eventfd]', [...EVENT, ...OPENED, ...caller]),
]
const SERVER = ['sun.nio.ch.Net.socket0', 'sun.nio.ch.ServerSocketChannelImpl.<init>:101']

test('a listener belongs to the frame that bound it, a client socket to the one that made it', async () => {
  const listener = entry(6, 'socket', 'tcp 0.0.0.0:8080 listening', [...SERVER, 'com.acme.Factory.make:3'], {
    bound: origin(['sun.nio.ch.Net.bind', 'com.acme.Web.start:17', 'com.acme.Main.main:5']),
  })
  const client = entry(
    9,
    'socket',
    'tcp 127.0.0.1:40000',
    ['sun.nio.ch.Net.socket0', 'com.acme.pool.Pool.open:42'],
    {
      peer: '10.0.0.5:5432',
    },
  )
  const blockers = await blockersOf(
    [
      socket('sun.nio.ch.ServerSocketChannelImpl[/[0:0:0:0:0:0:0:0]:8080]'),
      socket('Socket[addr=db/10.0.0.5,port=5432,localport=40000]'),
    ],
    [client, listener],
  )
  expect(lines(blockers)).toEqual([
    'listening-socket:com.acme.Web.start | listening socket 0.0.0.0:8080 | 6',
    'socket:com.acme.pool.Pool.open | socket to db:5432 | 9',
  ])
  expect(blockers.map(({ owner }) => owner)).toEqual([
    { frame: 'com.acme.Web.start:17', artifact: null, jar: 'classes/' },
    { frame: 'com.acme.pool.Pool.open:42', artifact: null, jar: 'pool-1.2.jar' },
  ])
})

test('ten sockets from one call site are one blocker; the same method reached another way is another', async () => {
  const pool = (fd: number, caller: string) =>
    entry(
      fd,
      'socket',
      `tcp 10.0.0.9:${40000 + fd}`,
      ['sun.nio.ch.Net.socket0', 'com.acme.Pool.open:42', caller],
      { peer: '10.0.0.5:5432' },
    )
  const found = (fd: number) => socket(`Socket[addr=db/10.0.0.5,port=5432,localport=${40000 + fd}]`)
  const fds = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
  const blockers = await blockersOf([...fds, 20].map(found), [
    ...fds.map((fd) => pool(fd, 'com.acme.Pool.fill:9')),
    pool(20, 'com.acme.Pool.check:5'),
  ])
  expect(lines(blockers)).toEqual([
    'socket:com.acme.Pool.open | socket to db:5432 | 20',
    'socket:com.acme.Pool.open#2 | 10 sockets to db:5432 | 10 11 12 13 14 15 16 17 18 19',
  ])
  expect(blockers[1]?.findings).toHaveLength(10)
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

test("Netty's native event loops from one call site are one blocker", async () => {
  const made = (inner: string) => [
    `io.netty.channel.epoll.Native.${inner}`,
    `io.netty.channel.epoll.EpollEventLoop.openFileDescriptors:${inner.length}`,
    'io.netty.channel.epoll.EpollEventLoop.<init>:90',
    'io.netty.util.concurrent.MultithreadEventExecutorGroup.<init>:84',
    'io.netty.channel.epoll.EpollEventLoopGroup.<init>:112',
    'com.acme.Server.start:30',
  ]
  const kinds = ['eventpoll', 'eventfd', 'timerfd'] as const
  const fds = Array.from({ length: 15 }, (_, i) => i + 20)
  const ledger = fds.map((fd) => {
    const kind = kinds[fd % 3] ?? 'eventpoll'
    return entry(fd, kind, `anon_inode:[${kind}]`, made(`new${kind}`))
  })
  const blockers = await blockersOf(
    fds.map((fd, i) => native(fd, 'unknown', ledger[i]?.target ?? '')),
    ledger,
  )
  expect(lines(blockers)).toEqual([
    `native:io.netty.channel.epoll.EpollEventLoop.<init> | 5 native epoll loops of Netty (5 eventfds, 5 eventpolls, 5 timerfds) | ${fds.join(' ')}`,
  ])
  expect(blockers[0]?.remedy.text).toContain('io.netty.transport.noNative=true')
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

test('files are joined by the path that the app gave, relative, dotted, deleted or absolute', async () => {
  const opened = (fd: number, target: string, method: string) =>
    entry(fd, 'file', target, ['java.io.FileInputStream.open0', `com.acme.Io.${method}:1`])
  const blockers = await blockersOf(
    [file('./data/orders.mv.db'), file('gone.txt'), file('/srv/app/data.txt'), file('../up/a.txt')],
    [
      opened(5, '/srv/app/data/orders.mv.db', 'dotted'),
      opened(6, '/srv/app/gone.txt (deleted)', 'deleted'),
      opened(7, '/srv/app/data.txt', 'absolute'),
      opened(8, '/srv/up/a.txt', 'above'),
      opened(9, '/elsewhere/other.txt', 'unasked'),
    ],
  )
  expect(lines(blockers)).toEqual([
    'file:com.acme.Io.above | file ../up/a.txt | 8',
    'file:com.acme.Io.absolute | file /srv/app/data.txt | 7',
    'file:com.acme.Io.deleted | file gone.txt | 6',
    'file:com.acme.Io.dotted | file ./data/orders.mv.db | 5',
  ])
})

test('as many findings as descriptors of one name are exactly those; fewer are one of them and join none', async () => {
  const opened = (fd: number, method: string) =>
    entry(fd, 'file', '/srv/app/data.txt', ['java.io.FileInputStream.open0', `com.acme.Io.${method}:1`])
  const ledger = [opened(5, 'one'), opened(6, 'two')]
  expect(lines(await blockersOf([file('data.txt'), file('data.txt')], ledger))).toEqual([
    'file:com.acme.Io.one | file data.txt | 5',
    'file:com.acme.Io.two | file data.txt | 6',
  ])
  expect(lines(await blockersOf([file('data.txt')], ledger))).toEqual([
    'file:data.txt | file data.txt; one of descriptors 5, 6 | ',
  ])
  // One call site made both: whichever it is, its owner is known.
  const [same] = await blockersOf([file('data.txt')], [opened(5, 'one'), opened(6, 'one')])
  expect(same).toMatchObject({
    id: 'file:com.acme.Io.one',
    summary: 'file data.txt; one of descriptors 5, 6',
    descriptors: [],
  })
})

test('what a surer join has taken makes the rest unambiguous', async () => {
  const opened = (fd: number, target: string, method: string) =>
    entry(fd, 'file', target, ['java.io.FileInputStream.open0', `com.acme.Io.${method}:1`])
  const blockers = await blockersOf(
    [file('data.txt'), file('/a/data.txt'), native(7, 'regular', '/c/data.txt')],
    [opened(5, '/a/data.txt', 'a'), opened(6, '/b/data.txt', 'b'), opened(7, '/c/data.txt', 'c')],
  )
  expect(lines(blockers).map((line) => line.split(' ')[0])).toEqual([
    'file:com.acme.Io.a',
    'file:com.acme.Io.b',
    'file:com.acme.Io.c',
  ])
})

test('an accepted socket is told from its listener by its other end', async () => {
  const ledger = [
    entry(6, 'socket', 'tcp 127.0.0.1:8080 listening', [...SERVER, 'com.acme.Web.listen:1']),
    entry(7, 'socket', 'tcp 127.0.0.1:8080', [], {
      peer: '127.0.0.1:50000',
      origin: origin(['sun.nio.ch.Net.accept', 'com.acme.Web.accept:2'], { syscall: 'accept4' }),
    }),
  ]
  expect(
    lines(
      await blockersOf(
        [
          socket('Socket[addr=/127.0.0.1,port=50000,localport=8080]'),
          socket('Socket[addr=localhost/127.0.0.1,port=0,localport=8080]'),
        ],
        ledger,
      ),
    ),
  ).toEqual([
    'listening-socket:com.acme.Web.listen | listening socket 127.0.0.1:8080 | 6',
    'socket:com.acme.Web.accept | accepted socket from 127.0.0.1 | 7',
  ])
})

test("a channel that names no address, as JDK 25's own text does, is joined by the class that made it", async () => {
  const ledger = [
    entry(5, 'socket', 'unix unnamed', [
      'sun.nio.ch.UnixDomainSockets.socketpair',
      'sun.nio.ch.Other.init:1',
      'com.acme.A.a:1',
    ]),
    entry(6, 'socket', 'tcp 127.0.0.1:8080 listening', [...SERVER, 'com.acme.Web.listen:1']),
    entry(7, 'socket', 'socket, neither bound nor connected', [
      'sun.nio.ch.Net.socket0',
      'sun.nio.ch.SocketChannelImpl.<init>:9',
      'com.acme.Web.client:1',
    ]),
  ]
  expect(
    lines(
      await blockersOf(
        [
          socket('sun.nio.ch.ServerSocketChannelImpl[]'),
          socket('java.nio.channels.SocketChannel[unconnected]'),
        ],
        ledger,
      ),
    ),
  ).toEqual([
    'listening-socket:com.acme.Web.listen | listening socket 127.0.0.1:8080 | 6',
    'socket:com.acme.Web.client | socket | 7',
  ])
})

test('a number that means something else by now is not joined', async () => {
  const ledger = [entry(6, 'file', '/srv/app/data.txt', ['com.acme.Io.open:1'])]
  const [blocker] = await blockersOf([native(6, 'socket', 'socket:[1],port=0')], ledger)
  expect(blocker).toMatchObject({
    owner: null,
    descriptors: [6],
    summary: 'native descriptor socket; its maker is not in the ledger',
  })
})

test('a finding that nothing in the ledger fits is a blocker and says so', async () => {
  expect(
    lines(
      await blockersOf([
        socket('Socket[addr=db/10.0.0.5,port=5432,localport=40000]'),
        file('x1/app-20240131.log'),
      ]),
    ),
  ).toEqual([
    'file:app-N.log | file x1/app-20240131.log; its descriptor is not in the ledger | ',
    'socket:Socket | socket to db:5432; its descriptor is not in the ledger | ',
  ])
})

test('where the engine printed who created it, that tells descriptors of one name apart', async () => {
  const opened = (fd: number, method: string) =>
    entry(fd, 'file', '/srv/app/data.txt', ['java.io.FileInputStream.open0', `com.acme.Io.${method}:1`])
  const creationStack = origin(['java.io.FileInputStream.<init>:111', 'com.acme.Io.two:1']).java
  const blockers = await blockersOf(
    [file('data.txt', { creationStack })],
    [opened(5, 'one'), opened(6, 'two')],
  )
  expect(lines(blockers)).toEqual(['file:com.acme.Io.two | file data.txt | 6'])
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
    'process:com.acme.Run.go | streams of a child process (2 pipes); its descriptor is not in the ledger | ',
  ])
  expect(blockers[0]?.remedy.policy).toBeNull()
})

test("the engine's own creation stack names the owner where the ledger has none", async () => {
  const creationStack = origin(['java.io.FileInputStream.<init>:111', 'com.acme.Io.open:7']).java
  const [blocker] = await blockersOf([file('data.txt', { creationStack })])
  expect(blocker).toMatchObject({ id: 'file:com.acme.Io.open', owner: { frame: 'com.acme.Io.open:7' } })
})

test('findings that were printed twice count once; equal findings of different descriptors count each', async () => {
  const list = [native(7, 'unknown', 'anon_inode:inotify'), file('data.txt'), file('data.txt'), file('b.txt')]
  const once = await blockersOf(list)
  expect(await blockersOf([...list, ...list])).toEqual(once)
  expect(once.flatMap(({ findings }) => findings)).toHaveLength(4)
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

test('a stack of nothing but JDK frames has no owner and an id that stays the same', async () => {
  const dispatcher = [
    'sun.nio.ch.Net.accept',
    'sun.nio.ch.ServerSocketChannelImpl.accept:421',
    'sun.net.httpserver.ServerImpl$Dispatcher.run:479',
    'java.lang.Thread.run:840',
  ]
  const ledger = [entry(9, 'socket', 'tcp 127.0.0.1:8080', dispatcher, { peer: '127.0.0.1:50001' })]
  const [blocker] = await blockersOf(
    [socket('java.nio.channels.SocketChannel[connected local=/127.0.0.1:8080 remote=/127.0.0.1:50001]')],
    ledger,
  )
  expect(blocker).toMatchObject({ id: 'socket:sun.net.httpserver.ServerImpl$Dispatcher.run', owner: null })
})

test('an exception of the app or the policy file is a blocker without any word of descriptors', async () => {
  expect(
    lines(
      await blockersOf([
        finding('RuntimeException', 'outer'),
        finding(
          'ConfigurationException',
          'File /srv/app/none.yaml used in property jdk.crac.resource-policies does not exist',
        ),
      ]),
    ),
  ).toEqual([
    'other:ConfigurationException | ConfigurationException: File /srv/app/none.yaml used in property jdk.crac.resource-policies does not exist | ',
    'other:RuntimeException | RuntimeException: outer | ',
  ])
})

test('what the rehearsal cannot know is never presented as certain', async () => {
  const [blocker] = await blockersOf([file('data.txt', { unknowable: true })])
  expect(blocker?.summary).toContain('not certain: a stock JDK cannot know it')
})

test('control characters of the app reach neither summary nor id', async () => {
  const [blocker] = await blockersOf([file('evil\u001b[2J\nname\u202e.txt')])
  expect(blocker?.summary).toContain('evil\\u001b[2J\\u000aname\\u202e.txt')
  expect(`${blocker?.id ?? ''}${blocker?.summary ?? ''}`).not.toMatch(/\p{Cc}|\u202e/u)
})

/** Findings and descriptors of every kind, few enough that they collide often. */
const anyFindings: fc.Arbitrary<Finding[]> = fc.array(
  fc.oneof(
    fc.constantFrom('data.txt', '/srv/app/data.txt', 'x.log').map((path) => file(path)),
    fc.integer({ min: 4, max: 12 }).map((fd) => native(fd, 'unknown', 'anon_inode:[eventpoll]')),
    fc.integer({ min: 4, max: 12 }).map((fd) => native(fd, 'unknown', 'anon_inode:[eventfd]')),
    fc.integer({ min: 4, max: 12 }).map((fd) => native(fd, 'socket', `socket:[${fd}],port=29295`)),
    fc
      .integer({ min: 1, max: 3 })
      .map((port) => socket(`Socket[addr=db/10.0.0.5,port=5432,localport=${port}]`)),
    fc
      .constantFrom('sun.nio.ch.PipeImpl$1@1a2b3c', 'java.lang.Process$PipeInputStream@70cda783')
      .map(resource),
    fc.constant(finding('IllegalSelectorException', '')),
    fc.constant(finding('UnsupportedOperationException', '')),
    fc.constant(finding('RuntimeException', 'outer')),
  ),
  { maxLength: 14 },
)
const callers: fc.Arbitrary<string[]> = fc.constantFrom<string[][]>(
  [],
  ['com.acme.A.a:1'],
  ['com.acme.B.b:2'],
  ['java.lang.Thread.run:1'],
)
const anyLedger: fc.Arbitrary<LedgerEntry[]> = fc
  .array(
    fc.record({
      fd: fc.integer({ min: 4, max: 12 }),
      made: callers,
      shape: fc.constantFrom('file', 'socket', 'selector', 'eventfd', 'pipe', 'process'),
      port: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 9 },
  )
  .map((all) =>
    [...new Map(all.map((one) => [one.fd, one])).values()].map(({ fd, made, shape, port }) => {
      if (shape === 'file') return entry(fd, 'file', '/srv/app/data.txt', made)
      if (shape === 'socket')
        return entry(fd, 'socket', `tcp 10.0.0.1:${port}`, made, { peer: '10.0.0.5:5432' })
      if (shape === 'selector') return entry(fd, 'eventpoll', 'anon_inode:[eventpoll]', [...EPOLL, ...made])
      if (shape === 'eventfd') return entry(fd, 'eventfd', 'anon_inode:[eventfd]', [...EVENT, ...made])
      return entry(fd, 'pipe', `pipe:[${port}]`, [
        shape === 'pipe' ? 'sun.nio.ch.PipeImpl.<init>:1' : 'java.lang.ProcessImpl.<init>:1',
        ...made,
      ])
    }),
  )

test('the order of findings and of the ledger never changes the blockers', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyFindings.chain((findings) =>
        fc.tuple(fc.constant(findings), fc.shuffledSubarray(findings, { minLength: findings.length })),
      ),
      anyLedger,
      async ([findings, shuffled], ledger) => {
        expect(await blockersOf(shuffled, [...ledger].reverse())).toEqual(await blockersOf(findings, ledger))
      },
    ),
    { numRuns: 500 },
  )
})

test('every finding is in exactly one blocker, ids differ, and no descriptor is in two', async () => {
  await fc.assert(
    fc.asyncProperty(anyFindings, anyLedger, async (findings, ledger) => {
      const blockers = await blockersOf(findings, ledger, null)
      for (const blocker of blockers) blockerSchema.parse(blocker)
      const texts = (list: Finding[]) => new Set(list.map(({ type, message }) => `${type ?? ''} ${message}`))
      expect(texts(blockers.flatMap((one) => one.findings))).toEqual(texts(findings))
      expect(new Set(blockers.map(({ id }) => id)).size).toBe(blockers.length)
      const descriptors = blockers.flatMap((one) => one.descriptors)
      expect(new Set(descriptors).size).toBe(descriptors.length)
      expect(blockers.map(({ id }) => id).join()).not.toMatch(/@[0-9a-f]{4,}|5432|29295/)
    }),
    { numRuns: 500 },
  )
})
