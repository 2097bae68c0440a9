import { expect, test } from 'vitest'
import { blockersOf, entry, finding, file, lines, native, origin, socket } from './literals.js'

const SERVER = ['sun.nio.ch.Net.socket0', 'sun.nio.ch.ServerSocketChannelImpl.<init>:101']

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
    summary: 'native descriptor socket; its maker is not known',
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
    'file:app-N.log | file x1/app-20240131.log; its descriptor is not known | ',
    'socket:Socket | socket to db:5432; its descriptor is not known | ',
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

test('findings that were printed twice count once; equal findings of different descriptors count each', async () => {
  const list = [native(7, 'unknown', 'anon_inode:inotify'), file('data.txt'), file('data.txt'), file('b.txt')]
  const once = await blockersOf(list)
  expect(await blockersOf([...list, ...list])).toEqual(once)
  expect(once.flatMap(({ findings }) => findings)).toHaveLength(4)
})

test('a NIO pipe that the rehearsal names by one end is joined with both', async () => {
  const made = ['sun.nio.ch.IOUtil.makePipe', 'sun.nio.ch.PipeImpl.<init>:42', 'com.acme.Pipes.open:2']
  const ledger = [
    entry(5, 'pipe', 'pipe:[700001]', made),
    entry(6, 'pipe', 'pipe:[700001]', made),
    entry(7, 'pipe', 'pipe:[700002]', made),
  ]
  const found = finding('CheckpointOpenResourceException', 'sun.nio.ch.PipeImpl$1@135fbaa4', { fd: 5 })
  expect(lines(await blockersOf([found], ledger))).toEqual([
    'pipe:com.acme.Pipes.open | pipe (java.nio.channels.Pipe) | 5 6',
  ])
})
