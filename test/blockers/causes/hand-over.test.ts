import { expect, test } from 'vitest'
import type { Entry } from '../../../harness/model/target.js'
import { blockersOf, entry, origin, socket } from '../literals.js'

const LOOP = ['io.netty.util.concurrent.SingleThreadEventExecutor$5.run:1011', 'java.lang.Thread.run:840']
const newChannel = [
  'sun.nio.ch.Net.socket0',
  'io.netty.channel.socket.nio.NioServerSocketChannel.newChannel:62',
]
const byNetty = [
  ...['sun.nio.ch.Net.bind', 'io.netty.channel.socket.nio.NioServerSocketChannel.doBind:148'],
  ...['io.netty.bootstrap.AbstractBootstrap$2.run:348', ...LOOP],
]

const listener = (port: number, made: string[], bound: string[]): Entry =>
  entry(port % 100, 'socket', `tcp 127.0.0.1:${port} listening`, made, {
    bound: origin(bound, { thread: 'boss-1-1', tid: 8 }),
  })
const found = (port: number) => socket(`sun.nio.ch.ServerSocketChannelImpl[/127.0.0.1:${port}]`)
const told = async (...ledger: Entry[]) => {
  const blockers = await blockersOf([found(22911), found(22912)], ledger)
  return blockers.map(({ id, owner, remedy }) => [id, owner?.frame, remedy.text.split(/[:.,]/)[0]])
}

const NETTY = 'Netty does not know CRaC'

test.each(['', 'com.acme.shaded.'])(
  'the owner of a listener that an event loop binds asked for it, and each has a blocker of its own (Netty in "%s")',
  async (root) => {
    const moved = (frames: string[]) =>
      frames.map((frame) => (frame.startsWith('io.netty.') ? root + frame : frame))
    const askedBy = (...frames: string[]) =>
      moved([...newChannel, 'io.netty.bootstrap.AbstractBootstrap.bind:273', ...frames])
    expect(
      await told(
        listener(
          22911,
          askedBy('org.apache.dubbo.qos.server.Server.start:119', 'Main.main:9'),
          moved(byNetty),
        ),
        listener(22912, askedBy('com.acme.Shop.open:7', 'Main.main:10'), moved(byNetty)),
      ),
    ).toEqual([
      ['listening-socket:com.acme.Shop.open', 'com.acme.Shop.open:7', NETTY],
      [
        'listening-socket:org.apache.dubbo.qos.server.Server.start',
        'org.apache.dubbo.qos.server.Server.start:119',
        'Dubbo keeps its ports',
      ],
    ])
  },
)

test('where the whole of it is done in the loop, the code that the loop ran for somebody is the owner', async () => {
  const made = [...newChannel, 'io.netty.bootstrap.AbstractBootstrap.bind:273']
  expect(
    await told(listener(22911, [...made, 'io.grpc.netty.NettyServer$2.call:341', ...LOOP], byNetty)),
  ).toEqual([
    ['listening-socket:io.grpc.netty.NettyServer$2.call', expect.anything(), 'gRPC keeps its ports'],
    expect.anything(),
  ])
})

test.each(['', 'com.acme.shaded.'])(
  'the owner is the code that waited for the loop, outside of the library that handed over to it (in "%s")',
  async (root) => {
    const moved = (frames: string[]) =>
      frames.map((frame) => (/^io\.(?:netty|grpc)\./.test(frame) ? root + frame : frame))
    const made = [
      ...newChannel,
      'io.netty.bootstrap.AbstractBootstrap.bind:273',
      'io.grpc.netty.NettyServer$2.call:3',
    ]
    const waiting = [
      'java.lang.Object.wait',
      'io.netty.util.concurrent.DefaultPromise.awaitUninterruptibly:290',
    ]
    const askedBy = (port: number, ...frames: string[]): Entry => {
      const waits = [...waiting, 'io.grpc.netty.NettyServer.start:352', ...frames]
      return {
        ...listener(port, moved([...made, ...LOOP]), moved(byNetty)),
        listened: origin(moved([...byNetty, ...waits]), { thread: 'boss-1-1', tid: 8 }),
      }
    }
    const inner = 'io.grpc.internal.ServerImpl.start:187'
    expect(
      await told(
        askedBy(22911, inner, 'com.acme.Shop.open:7', 'Main.main:9'),
        askedBy(22912, inner, 'Main.main:10'),
      ),
    ).toEqual([
      ['listening-socket:Main.main', 'Main.main:10', 'gRPC keeps its ports'],
      ['listening-socket:com.acme.Shop.open', 'com.acme.Shop.open:7', 'gRPC keeps its ports'],
    ])
  },
)

test('who binds on a thread of a pool by code of his own stays the owner', async () => {
  const pool = ['java.util.concurrent.ThreadPoolExecutor$Worker.run:635', 'java.lang.Thread.run:840']
  const opened = ['sun.nio.ch.Net.socket0', 'java.nio.channels.ServerSocketChannel.open:157', 'Main.main:12']
  expect(
    await told(listener(22911, opened, ['sun.nio.ch.Net.bind', 'com.acme.Binder.bind:13', ...pool])),
  ).toEqual([
    ['listening-socket:com.acme.Binder.bind', expect.anything(), expect.anything()],
    expect.anything(),
  ])
})
