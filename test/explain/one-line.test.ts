import { expect, test } from 'vitest'
import { explainTexts } from '../../harness/explain/explain.js'
import { renderText } from '../../reports/explain/text.js'

const MIRROR = 'jdk.internal.crac.mirror'
const refused = (...findings: string[]) => [`${MIRROR}.CheckpointException`, ...findings, ''].join('\n')
const socket = (text: string, ...frames: string[]) =>
  [
    `\tSuppressed: ${MIRROR}.impl.CheckpointOpenSocketException: ${text}`,
    `\tCaused by: java.lang.Exception: This file descriptor was created by main at epoch:1700000000000 here`,
    ...['java.base/java.net.Socket.createImpl(Socket.java:496)', ...frames].map((frame) => `\t\tat ${frame}`),
  ].join('\n')
const connection = (port: number, ...frames: string[]) =>
  socket(`Socket[addr=db/10.0.0.5,port=5432,localport=${port}]`, ...frames)

async function explained(text: string) {
  const [one] = await explainTexts([{ name: 'a.log', text }], '25')
  const answer = one!.text.answers[0]!
  const told = answer.blockers.map(({ id, findings }) => `${id} ${findings.length}`)
  return { told, json: one!.whole, text: renderText(one!.text, { color: false, width: 200 }) }
}

const PG = 'app//org.postgresql.core.PGStream.createSocket(PGStream.java:243)'
const CALLER = [
  'app//com.zaxxer.hikari.pool.HikariPool.checkFailFast(HikariPool.java:561)',
  'app//Main.main(Main.java:9)',
]
const FILLER = [
  'app//com.zaxxer.hikari.pool.HikariPool$PoolEntryCreator.call(HikariPool.java:726)',
  'java.base/java.lang.Thread.run(Thread.java:840)',
]

test('a pool that is filled by its caller and by a thread of its own is one blocker', async () => {
  const { told, json } = await explained(
    refused(
      connection(40001, PG, ...CALLER),
      connection(40002, PG, ...FILLER),
      connection(40003, PG, ...FILLER),
    ),
  )
  expect(told).toEqual(['socket:org.postgresql.core.PGStream.createSocket 3'])
  expect(json.findings).toHaveLength(3)
})

const kafka = (line: string, ...outward: string[]) => [`app//kafka.network.${line}`, ...outward]
const listeners = [9092, 9093, 9094].map((port, i) =>
  socket(
    `sun.nio.ch.ServerSocketChannelImpl[/0.0.0.0:${port}]`,
    ...kafka(
      'Acceptor.openServerSocket(SocketServer.scala:724)',
      `app//kafka.network.Way${i}.go(Way.scala:1)`,
    ),
  ),
)
const others = ['Replica', 'Controller', 'Metrics', 'Admin'].map((name, i) =>
  connection(40000 + i, ...kafka(`${name}.connect(${name}.scala:3)`)),
)

test('a broker that opens its listeners at one line has one blocker of them, and a long answer begins with a list', async () => {
  const { told, text } = await explained(refused(...listeners, ...others))
  expect(told).toContain('listening-socket:kafka.network.Acceptor.openServerSocket 3')
  expect(told).toHaveLength(5)
  const [, list = ''] = text.split('\n\n')
  expect(list.split('\n')).toHaveLength(5)
  expect(list).toMatch(/^1\. .*3 .*◀ kafka\.network\.Acceptor\.openServerSocket\(SocketServer\.scala:724\)$/m)
})

test('a short answer has no list', async () => {
  const { text } = await explained(refused(connection(40001, PG, ...CALLER)))
  expect(text).not.toContain('◀')
})
