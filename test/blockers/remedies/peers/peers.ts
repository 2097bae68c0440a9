import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { amqp } from './amqp.js'
import { javaPeer } from './java-peer.js'
import { mongo } from './mongo.js'
import { serve, start, type Peer } from './peer.js'
import { redis } from './redis.js'

/**
 * Who programs talk to. Real servers where a Java library has one to embed; else as much of the protocol as the real
 * client needs to open its connections and to keep them.
 */
const peers = {
  /** Takes connections, and never says a word. */
  silent: () => serve(() => undefined),
  caller: () => serve(callBack),
  http,
  redis: () => serve(redis),
  mongo: () => serve(mongo),
  amqp: () => serve(amqp),
  h2: () => javaPeer('databases', 'H2Server'),
  activemq: () => javaPeer('messaging', 'ActiveMqBroker'),
  artemis: () => javaPeer('messaging', 'ArtemisBroker'),
  zookeeper: () => javaPeer('messaging', 'ZooKeeperServer'),
  hazelcast: () => javaPeer('messaging', 'HazelcastServer'),
}

export type PeerName = keyof typeof peers

/** Starts the server of that name. */
export const startPeer = (name: PeerName): Promise<Peer> => peers[name]()

/** Answers every request, and keeps every connection: what it says is an empty list of AWS's queues, too. */
function http(): Promise<Peer> {
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    // The low-level client of Elasticsearch wants to see whom it talks to.
    response.setHeader('x-elastic-product', 'Elasticsearch')
    response.end('{"QueueUrls":[]}')
  })
  server.keepAliveTimeout = 0
  return start(server)
}

/** Connects to the port that a program asks to be called at, and keeps the connection as long as that lasts. */
function callBack(asked: Socket): void {
  asked.once('data', (data) => {
    const port = Number(/^call (\d+)/.exec(String(data))?.[1])
    const call = connect(port, '127.0.0.1')
    call.on('error', () => call.destroy()).unref()
    asked.end()
  })
}
