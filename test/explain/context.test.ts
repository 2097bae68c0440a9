import { expect, test } from 'vitest'
import { explainTexts } from '../../harness/explain/explain.js'

async function told(text: string): Promise<string[]> {
  const [one] = await explainTexts([{ name: 'a.log', text }])
  return one!.text.answers[0]!.blockers.map(
    ({ summary, owner, remedy }) => `${summary} @ ${owner?.frame ?? ''}: ${remedy.text}`,
  )
}

const refused = (...lines: string[]) => ['jdk.crac.CheckpointException', ...lines, ''].join('\n')
const socket = (remote: string, local = 3) =>
  `\tSuppressed: jdk.crac.impl.CheckpointOpenSocketException: Socket[addr=${remote.replace(':', '/10.0.0.3,port=')},localport=${String(local)}]`
const by = (thread: string) =>
  `\tCaused by: java.lang.Exception: This file descriptor was created by ${thread} at epoch:1684328308663 here`

test.each([
  ['kafka:9092', 'kafka-producer-network-thread | producer-1', /KafkaProducer/],
  ['zk:2181', 'main-SendThread(zk:2181)', /close\(\) of ZooKeeper/],
  ['mongo:27017', "cluster-ClusterId{value='65', description='null'}-mongo:27017", /MongoClient/],
  ['mq:5672', 'rabbitConnectionFactory1', /RabbitMQ client/],
  ['a:443', 'OkHttp https://a/...', /OkHttpClient/],
  ['a:443', 'vert.x-eventloop-thread-0', /Vertx\.close/],
  ['a:8080', 'reactor-http-nio-3', /Reactor Netty/],
  ['db:5432', 'agroal-11', /AgroalDataSource/],
  ['db:5432', 'HikariPool-2:connection-adder', /suspendPool/],
  ['a:50051', 'grpc-default-worker-ELG-3-2', /ManagedChannel/],
  ['a:20880', 'NettyClientWorker-6-1', /DubboBootstrap/],
  ['a:6379', 'lettuce-epollEventLoop-4-1', /RedisClient/],
])('%s, which thread "%s" connected, has the remedy of its library', async (remote, thread, advice) => {
  expect(await told(refused(socket(remote), by(thread)))).toEqual([expect.stringMatching(advice)])
})

test('two pools that connect to one port are two blockers', async () => {
  const blockers = await told(
    refused(socket('db:5432'), by('agroal-11'), socket('db:5432', 4), by('HikariPool-1:connection-adder')),
  )
  expect(blockers).toEqual([
    expect.stringMatching(/^socket to db:5432, created by thread "agroal-11"/),
    expect.stringMatching(/^socket to db:5432, created by thread "HikariPool-1/),
  ])
})

const onRefresh = (remote: string) =>
  `org.springframework.context.ApplicationContextException: Failed to take CRaC checkpoint on refresh
Caused by: org.crac.CheckpointException: null
\tat org.crac.Core.checkpointRestore(Core.java:237)
${socket(remote)}
`

test.each([
  ['db:1521', /allow-pool-suspension/],
  ['db:33306', /allow-pool-suspension/],
  ['redis:6379', /Let no bean use its client/],
  ['kafka:9092', /Let no bean use its client/],
])('on refresh %s has advice of its kind', async (remote, advice) => {
  expect(await told(onRefresh(remote))).toEqual([expect.stringMatching(advice)])
})

test.each([
  ['Kotlin', 'kotlin.io.FilesKt.bufferedReader(Files.kt:1)', 'com.acme.PricesKt.load(Prices.kt:12)'],
  ['Scala', 'scala.io.Source$.fromFile(Source.scala:91)', 'com.acme.Prices$.load(Prices.scala:12)'],
  [
    'Clojure',
    'clojure.lang.Reflector.invokeConstructor(Reflector.java:334)',
    'acme.core$start_BANG_.invokeStatic(core.clj:33)',
  ],
])("an app in %s is told by its own line, not by its language's", async (_, own, line) => {
  const file = '\tSuppressed: jdk.crac.impl.CheckpointOpenFileException: a.csv'
  const frames = ['java.base/java.io.FileInputStream.<init>(FileInputStream.java:158)', own, line]
  expect(await told(refused(file, by('main'), ...frames.map((frame) => `\t\tat ${frame}`)))).toEqual([
    expect.stringContaining(`@ ${line}:`),
  ])
})
