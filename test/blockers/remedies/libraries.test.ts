import { expect, test } from 'vitest'
import type { ClassIndex } from '../../../harness/blockers/classes/classes.js'
import type { Finding } from '../../../harness/model/finding.js'
import type { Entry } from '../../../harness/model/target.js'
import { blockersOf, entry, index, origin, socket, without } from '../literals.js'

const remedy = async (found: Finding, ledger: Entry[], classes: ClassIndex = index) =>
  (await blockersOf([found], ledger, '25', classes))[0]?.remedy.text ?? ''

const connected = socket('Socket[addr=db/10.0.0.5,port=5432,localport=40000]')
const connection = (...frames: string[]): Entry[] => [
  entry(9, 'socket', 'tcp 10.0.0.1:40000', ['sun.nio.ch.Net.socket0', ...frames], { peer: '10.0.0.5:5432' }),
]
const listening = socket('ServerSocket[addr=localhost/127.0.0.1,localport=22097]')
const listener = (...frames: string[]): Entry[] => [
  entry(9, 'socket', 'tcp 127.0.0.1:22097 listening', [], {
    bound: origin(['sun.nio.ch.Net.bind', 'java.net.ServerSocket.<init>:260', ...frames]),
  }),
]
const selector = (...frames: string[]): Entry[] => [
  entry(9, 'eventpoll', 'anon_inode:[eventpoll]', [
    'sun.nio.ch.EPoll.create',
    'sun.nio.ch.EPollSelectorImpl.<init>:74',
    'java.nio.channels.Selector.open:295',
    ...frames,
  ]),
]
const keys = (fd: number) =>
  socket(`EPoll FD ${fd} left open in sun.nio.ch.EPollSelectorImpl@1 with registered keys.`)

const EVENT_LOOP = 'io.netty.util.concurrent.SingleThreadEventExecutor.runAllTasks:469'

test('a library that ran the code that opened it has no say: its frame is outside of the owner', async () => {
  const own = await remedy(listening, listener('Main.lambda$main$0:6', EVENT_LOOP))
  expect(own).toMatch(/^Close the server socket in beforeCheckpoint/)
  const payara = listener(
    'com.hazelcast.instance.impl.ServerSocketHelper.createServerSocketChannel:74',
    'org.glassfish.grizzly.threadpool.AbstractThreadPool$Worker.run:535',
  )
  expect(await remedy(listening, payara)).not.toContain('Grizzly')
  const inHandler = connection('com.acme.Api.handle:4', 'sun.net.httpserver.ServerImpl$Exchange.run:855')
  expect(await remedy(connected, inHandler)).not.toContain('httpserver')
})

test('of two libraries between the owner and the JDK the innermost wins', async () => {
  const frames = [
    'io.netty.channel.socket.nio.NioServerSocketChannel.<init>:95',
    'io.netty.bootstrap.AbstractBootstrap.initAndRegister:312',
    'org.glassfish.grizzly.Transport.start:9',
    'com.acme.Main.main:3',
  ]
  expect(await remedy(listening, listener(...frames))).toContain('Netty does not know CRaC')
})

test.each([
  ['org.apache.http.impl.nio.reactor.AbstractMultiworkerIOReactor.<init>:142', 'CloseableHttpAsyncClient'],
  ['org.apache.hc.core5.reactor.IOReactorWorker.run:44', 'CloseableHttpAsyncClient'],
  ['okhttp3.internal.connection.RealConnection.connectSocket:285', 'connectionPool().evictAll()'],
  ['com.mongodb.internal.connection.SocketStream.initializeSocket:105', 'MongoClient'],
  ['org.apache.zookeeper.ClientCnxnSocketNIO.<init>:64', 'ZooKeeper'],
  [
    'org.apache.kafka.common.network.Selector.<init>:161',
    'KafkaConsumer',
    'org.apache.kafka.clients.consumer.KafkaConsumer.<init>:9',
  ],
  ['org.apache.activemq.transport.tcp.TcpTransport.connect:541', 'ActiveMQConnection'],
  ['org.elasticsearch.client.RestClientBuilder.build:299', 'RestClient'],
  ['com.rabbitmq.client.impl.SocketFrameHandlerFactory.create:61', 'Connection'],
])(
  'what %s holds ends with its client object, %s',
  async (frame, closed, outer = 'java.lang.Thread.run:840') => {
    for (const root of ['', 'com.github.dockerjava.zerodep.shaded.'])
      for (const [found, ledger] of [
        [keys(9), selector(root + frame, root + outer)],
        [connected, connection(root + frame, root + outer)],
      ] as const) {
        const text = await remedy(found, ledger)
        expect(text).toContain('beforeCheckpoint')
        expect(text).toContain(closed)
        expect(text).not.toContain('selectNow')
      }
  },
)

test('the object to close is the one that the stack names, the outermost of those known', async () => {
  const producer = selector(
    'org.apache.kafka.common.network.Selector.<init>:161',
    'org.apache.kafka.clients.producer.KafkaProducer.<init>:408',
    'com.acme.Main.main:3',
  )
  const text = await remedy(keys(9), producer)
  expect(text).toContain('KafkaProducer')
  expect(text).not.toContain('KafkaConsumer')
  const s3 = connection(
    'org.apache.http.impl.conn.DefaultHttpClientConnectionOperator.connect:142',
    'org.apache.http.impl.client.CloseableHttpClient.execute:56',
    'software.amazon.awssdk.services.s3.DefaultS3Client.listBuckets:8177',
    'com.acme.Main.main:3',
  )
  expect(await remedy(connected, s3)).toContain('S3Client')
})

test('a broker is no client of itself, and a client’s advice is not for a server’s sockets', async () => {
  const broker = selector(
    'org.apache.kafka.common.network.Selector.<init>:161',
    'kafka.network.Processor.<init>:939',
  )
  expect(await remedy(keys(9), broker)).not.toContain('KafkaProducer')
  const quorum = selector('org.apache.zookeeper.server.NIOServerCnxnFactory.configure:664')
  expect(await remedy(keys(9), quorum)).not.toContain('ZooKeeper')
  const accepted = [
    entry(9, 'socket', 'tcp 127.0.0.1:61616', [], {
      peer: '127.0.0.1:40000',
      origin: origin(['sun.nio.ch.Net.accept', 'org.apache.activemq.transport.tcp.TcpTransport.x:1'], {
        syscall: 'accept4',
      }),
    }),
  ]
  expect(await remedy(socket('Socket[addr=/127.0.0.1,port=40000,localport=61616]'), accepted)).toContain(
    'The client connects anew',
  )
})

const pool = connection(
  'org.postgresql.core.PGStream.createSocket:243',
  'com.zaxxer.hikari.pool.PoolBase.newConnection:360',
  'com.acme.Store.start:9',
)

test("HikariCP has a framework's property only where that framework is there", async () => {
  const alone = await remedy(connected, pool, without('org.springframework.', 'io.micronaut.'))
  expect(alone).toContain('suspendPool()')
  expect(alone).toContain('softEvictConnections()')
  expect(alone).toContain('getTotalConnections()')
  expect(alone).toContain('resumePool()')
  expect(alone).not.toMatch(/Spring|Micronaut/)
  const spring = await remedy(connected, pool, without('io.micronaut.'))
  expect(spring).toContain('spring.datasource.hikari.allow-pool-suspension=true')
  expect(spring).not.toContain('Micronaut')
  const micronaut = await remedy(connected, pool, without('org.springframework.'))
  expect(micronaut).toContain('datasources.default.allow-pool-suspension=true')
  expect(micronaut).not.toContain('Spring')
  // A container of classes that the index can't read: the stack tells as well.
  const inStack = connection(
    'org.postgresql.core.PGStream.createSocket:243',
    'com.zaxxer.hikari.pool.PoolBase.newConnection:360',
    'org.springframework.boot.SpringApplication.run:342',
  )
  const unread = without('org.springframework.', 'io.micronaut.')
  expect(await remedy(connected, inStack, unread)).toContain('spring.datasource.hikari')
})

test('Agroal is closed and built again', async () => {
  const agroal = connection(
    'org.postgresql.core.PGStream.createSocket:243',
    'io.agroal.pool.ConnectionFactory.createConnection:231',
  )
  expect(await remedy(connected, agroal)).toContain('AgroalDataSource.close()')
})
