import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Finding } from '../../harness/model/finding.js'
import { blockerSchema, type Blocker } from '../../harness/model/report.js'
import type { Entry } from '../../harness/model/target.js'
import { blockersOf, entry, file, finding, lines, native, origin, resource, socket } from './literals.js'

const EPOLL = ['sun.nio.ch.EPoll.create', 'sun.nio.ch.EPollSelectorImpl.<init>:74']
const EVENT = [
  'sun.nio.ch.EventFD.set0',
  'sun.nio.ch.EventFD.<init>:43',
  'sun.nio.ch.EPollSelectorImpl.<init>:81',
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

test('the port that the JVM prints for a socket of every family is left out where it is a unix socket', async () => {
  const scanned = [7, 8].map((fd) => native(fd, 'socket', `socket:[${fd}00],port=29295`))
  const ledger = [entry(7, 'socket', 'unix unnamed', ['com.acme.A.open:1'])]
  const tcp = entry(8, 'socket', 'tcp 127.0.0.1:29295', ['com.acme.B.open:1'])
  const blockers = await blockersOf(scanned, [...ledger, tcp])
  expect(blockers.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([
    'FD fd=7 type=socket path=socket:[700]',
    'FD fd=8 type=socket path=socket:[800],port=29295',
  ])
})

test("the engine's own creation stack names the owner where the ledger has none", async () => {
  const creationStack = origin(['java.io.FileInputStream.<init>:111', 'com.acme.Io.open:7']).java
  const [blocker] = await blockersOf([file('data.txt', { creationStack })])
  expect(blocker).toMatchObject({ id: 'file:com.acme.Io.open', owner: { frame: 'com.acme.Io.open:7' } })
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
const anyLedger: fc.Arbitrary<Entry[]> = fc
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
      const texts = (list: Blocker['findings']) =>
        new Set(list.map(({ type, message }) => `${type ?? ''} ${message}`))
      expect(texts(blockers.flatMap((one) => one.findings))).toEqual(texts(findings))
      expect(new Set(blockers.map(({ id }) => id)).size).toBe(blockers.length)
      const descriptors = blockers.flatMap((one) => one.descriptors)
      expect(new Set(descriptors).size).toBe(descriptors.length)
      expect(blockers.map(({ id }) => id).join()).not.toMatch(/@[0-9a-f]{4,}|5432|29295/)
    }),
    { numRuns: 500 },
  )
})
