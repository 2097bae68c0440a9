import { expect, test } from 'vitest'
import { policyText, policyShapes } from '../../../harness/blockers/policies.js'
import { remedyRules } from '../../../harness/blockers/remedies/rules.js'
import type { Finding } from '../../../harness/model/finding.js'
import { blockerKinds } from '../../../harness/model/report.js'
import type { Entry } from '../../../harness/model/target.js'
import { blockersOf, entry, file, finding, native, origin, resource, socket } from '../literals.js'

const remedy = async (found: Finding | Finding[], ledger: Entry[] = [], version: string | null = '25') => {
  const [blocker] = await blockersOf([found].flat(), ledger, version)
  return blocker?.remedy ?? { text: '', policy: null }
}

test('every kind has a remedy that is always true of it, and every remedy says where it is written', () => {
  // What goes wrong after the restore is no cause, and has remedies of its own.
  for (const kind of blockerKinds.filter((kind) => kind !== 'after-restore')) {
    const last = remedyRules.findLast(({ when }) => when.kinds?.includes(kind))
    expect(Object.keys(last?.when ?? {}), kind).toEqual(['kinds'])
  }
  for (const { text, source } of remedyRules) {
    expect(source).toMatch(/^https:\/\/\S+$/)
    expect(text.endsWith('.')).toBe(true)
  }
})

test('no policy is proposed for what the JVM found natively: native descriptors never see policies', async () => {
  for (const found of [
    native(5, 'regular', '/var/lib/x'),
    native(5, 'directory', '/srv'),
    native(5, 'socket', 'socket:[1],port=80'),
    native(5, 'fifo', 'pipe:[1]'),
    native(5, 'unknown', 'anon_inode:[eventpoll]'),
    native(5, 'unknown', 'anon_inode:inotify'),
    native(5, 'character', '/dev/kvm'),
  ])
    for (const ledger of [
      [],
      [entry(5, 'socket', 'tcp 0.0.0.0:80 listening', ['sun.nio.ch.Net.socket0', 'ch.qos.logback.X.x:1'])],
    ])
      for (const version of ['21.0.4', '21', '25', null])
        expect((await remedy(found, ledger, version)).policy, found.message).toBeNull()
})

test('a file is closed and reopened, a FileChannel can only be left to the engine, an asynchronous one neither', async () => {
  const opened = (...made: string[]) => [entry(5, 'file', '/srv/app/data.txt', made)]
  expect((await remedy(file('data.txt'), opened('java.io.FileInputStream.open0', 'A.a:1'))).policy).toBe(
    'type: file\npath: data.txt\naction: reopen',
  )
  expect(
    (
      await remedy(
        file('data.txt'),
        opened('sun.nio.fs.UnixNativeDispatcher.open', 'sun.nio.fs.UnixChannelFactory.open:258', 'A.a:1'),
      )
    ).policy,
  ).toBe('type: file\npath: data.txt\naction: ignore')
  const asynchronous = [
    finding('UnsupportedOperationException', ''),
    resource('FileDescriptor 5: regular: /srv/app/data.txt'),
  ]
  expect(await remedy(asynchronous)).toMatchObject({
    policy: null,
    text: expect.stringContaining('AsynchronousFileChannel') as string,
  })
})

test('a deleted file gets no rule that would open it again', async () => {
  const ledger = [
    entry(5, 'file', '/srv/app/gone.txt (deleted)', ['java.io.FileOutputStream.open0', 'A.a:1']),
  ]
  expect(await remedy(file('gone.txt'), ledger)).toMatchObject({
    policy: null,
    text: expect.stringContaining('deleted and still open') as string,
  })
})

test('a listening socket is reopened by a policy on 25 only, and an ephemeral port is not in it', async () => {
  const listening = (port: number) => socket(`sun.nio.ch.ServerSocketChannelImpl[/0.0.0.0:${port}]`)
  expect((await remedy(listening(8080))).policy).toBe(
    'type: socket\nlistening: true\nlocalPort: 8080\naction: reopen',
  )
  expect((await remedy(listening(40321))).policy).toBe('type: socket\nlistening: true\naction: reopen')
  for (const version of ['21.0.4', '21', null])
    expect((await remedy(listening(8080), [], version)).policy).toBeNull()
})

test('a connection is closed by its remote port; without a lasting one nothing is proposed and nothing promised', async () => {
  expect((await remedy(socket('Socket[addr=db/10.0.0.5,port=5432,localport=40000]'))).policy).toBe(
    'type: socket\nremotePort: 5432\naction: close',
  )
  const accepted = await remedy(socket('Socket[addr=/10.0.0.9,port=51234,localport=8080]'))
  expect(accepted.policy).toBeNull()
  expect(accepted.text).not.toContain('this policy')
})

test('a datagram socket is matched by a policy of type filedescriptor, never by one of type socket', async () => {
  const { text, policy } = await remedy(
    resource('FileDescriptor 6: socket: family=AF_INET6 type=SOCK_DGRAM localaddr=0a00 remoteaddr='),
  )
  expect(policy).toBe('type: filedescriptor\nregex: .*type=SOCK_DGRAM.*\naction: close')
  expect(text).toContain('never matches a datagram socket')
})

test('a NIO pipe gets no policy, since the JDK has none that works; the streams of a process do', async () => {
  expect((await remedy(resource('sun.nio.ch.PipeImpl$1@135fbaa4'))).policy).toBeNull()
  expect((await remedy(resource('java.lang.Process$PipeInputStream@70cda783'))).policy).toBe(
    'type: pipe\naction: close',
  )
})

test("a selector's remedy is that of its generation", async () => {
  const busy = finding(
    'BusySelectorException',
    'Selector sun.nio.ch.EPollSelectorImpl@1 has registered keys from channels: []',
  )
  expect((await remedy(busy, [], '25')).text).toContain('close the registered channels or cancel their keys')
  expect((await remedy(busy, [], '21')).text).toContain('frees the selector, too')
  expect((await remedy(finding('IllegalSelectorException', ''), [], '21.0.4')).text).toContain(
    'no policy helps while a channel is registered',
  )
})

test('known libraries get the remedy that is theirs, however deep in the stack they are', async () => {
  const open = (kind: Entry['kind'], target: string, ...frames: string[]): Entry[] => [
    entry(9, kind, target, frames, { peer: kind === 'socket' ? '10.0.0.5:5432' : null }),
  ]
  const connection = socket('Socket[addr=db/10.0.0.5,port=5432,localport=40000]')
  const hikari = open(
    'socket',
    'tcp 10.0.0.1:40000',
    'sun.nio.ch.Net.socket0',
    'org.postgresql.core.PGStream.createSocket:243',
    'com.zaxxer.hikari.pool.PoolBase.newConnection:360',
  )
  expect((await remedy(connection, hikari)).text).toContain(
    'spring.datasource.hikari.allow-pool-suspension=true',
  )
  const h2 = open(
    'file',
    '/srv/data/orders.mv.db',
    'sun.nio.fs.UnixChannelFactory.open:258',
    'org.h2.store.fs.disk.FilePathDisk.open:330',
  )
  expect((await remedy(file('/srv/data/orders.mv.db'), h2)).text).toContain('DB_CLOSE_DELAY')
  const logback = open(
    'file',
    '/srv/logs/app.log',
    'java.io.FileOutputStream.open0',
    'ch.qos.logback.core.FileAppender.openFile:204',
  )
  expect(await remedy(file('logs/app.log'), logback)).toMatchObject({
    policy: 'type: file\npath: logs/app.log\naction: reopen',
  })
  const listing = open(
    'directory',
    '/srv/app',
    'sun.nio.fs.UnixFileSystemProvider.newDirectoryStream:434',
    'com.acme.Ls.main:4',
  )
  expect((await remedy(native(9, 'directory', '/srv/app'), listing)).text).toContain('try-with-resources')
})

test('the policy file itself, an engine failure and an exception of the app each get their own advice', async () => {
  expect(
    (
      await remedy(
        finding('ConfigurationException', "Invalid rule in policies file p on lines 1-1: no 'type'"),
      )
    ).text,
  ).toContain('`key: value` lines')
  expect((await remedy(finding('RuntimeException', 'Native checkpoint failed.'))).text).toContain('dump4.log')
  expect((await remedy(finding('RuntimeException', 'outer'))).text).toContain('beforeCheckpoint')
  expect((await remedy(finding('RuntimeException', 'C/R is not configured'))).text).toContain(
    '-XX:CRaCCheckpointTo',
  )
})

test('a path is quoted against glob, and one that the line format can not hold gets no rule', () => {
  const policy = (path: string) =>
    policyText('file-reopen', { paths: [path], localPort: null, remotePorts: [], isOwnPort: () => false })
  expect(policy('/a/[b]{c}*?\\d')).toBe('type: file\npath: /a/\\[b\\]\\{c\\}\\*\\?\\\\d\naction: reopen')
  for (const path of ['', ' x', 'x\n---\ntype: socket', 'x\r']) expect(policy(path)).toBeNull()
  const many = policyText('file-reopen', {
    paths: ['a', 'b'],
    localPort: null,
    remotePorts: [],
    isOwnPort: () => false,
  })
  expect(many).toBe('type: file\npath: a\naction: reopen\n---\ntype: file\npath: b\naction: reopen')
  expect(
    policyText('file-reopen', {
      paths: Array.from({ length: 30 }, (_, i) => `f${i}`),
      localPort: null,
      remotePorts: [],
      isOwnPort: () => false,
    }),
  ).toBeNull()
})

test('every policy is lines of `key: value` with type and action, as the JDK reads them', () => {
  for (const shape of policyShapes)
    for (const rule of (
      policyText(shape, {
        paths: ['a b.txt', 'c'],
        localPort: 80,
        remotePorts: [443, 5432],
        isOwnPort: () => false,
      }) ?? ''
    ).split('\n---\n')) {
      const keys = rule.split('\n').map((line) => /^(\w+): \S.*$/.exec(line)?.[1])
      expect(keys[0]).toBe('type')
      expect(keys.at(-1)).toBe('action')
      expect(keys).not.toContain(undefined)
    }
})

test('a listener that lost its Java object is told why no policy helps', async () => {
  const ledger = [
    entry(5, 'socket', 'tcp 127.0.0.1:80 listening', ['sun.nio.ch.Net.socket0', 'com.acme.Leak.leak:3'], {
      bound: origin(['sun.nio.ch.Net.bind', 'com.acme.Leak.leak:3']),
    }),
  ]
  expect((await remedy(native(5, 'socket', 'socket:[1],port=80'), ledger, '21.0.4')).text).toContain(
    'No Java object claims this socket',
  )
})

test('a remote port is the other side’s choice, however high: only a local one can be ephemeral', async () => {
  for (const port of [50051, 61616])
    expect((await remedy(socket(`Socket[addr=db/10.0.0.5,port=${port},localport=40000]`))).policy).toBe(
      `type: socket\nremotePort: ${port}\naction: close`,
    )
})

test('a server is not told to connect again to its client, nor given a rule for the client’s port', async () => {
  for (const version of ['21.0.4', '21', '25', null]) {
    const { text, policy } = await remedy(
      socket('Socket[addr=/10.0.0.5,port=5432,localport=8080]'),
      [
        entry(7, 'socket', 'tcp 10.0.0.1:8080', [], {
          peer: '10.0.0.5:5432',
          origin: origin(['sun.nio.ch.Net.accept', 'com.acme.Server.run:9'], { syscall: 'accept4' }),
        }),
      ],
      version,
    )
    expect(text).not.toContain('connect again')
    expect(text).toMatch(/[Cc]lient connects anew/)
    expect(policy).toBeNull()
  }
})
