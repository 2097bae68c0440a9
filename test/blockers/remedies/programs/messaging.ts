import type { Program } from './program.js'

const client: Pick<Program, 'at'> = { at: 'messaging/messaging' }

/** Clients of brokers and of clusters, and a member of one. */
export const messagingPrograms: Program[] = [
  // Kafka's clients open their connections and wait, long after, for what a broker says.
  { ...client, name: 'KafkaProducer', peer: 'silent' },
  { ...client, name: 'KafkaConsumer', peer: 'silent' },
  { ...client, name: 'KafkaAdmin', peer: 'silent' },
  { ...client, name: 'RabbitMq', peer: 'amqp' },
  { ...client, name: 'ActiveMq', peer: 'activemq' },
  {
    ...client,
    name: 'Artemis',
    peer: 'artemis',
    follows: { mode: 'followed', options: ['-Dio.netty.transport.noNative=true'] },
  },
  { ...client, name: 'ZooKeeper', peer: 'zookeeper' },
  { ...client, name: 'HazelcastMember' },
  { ...client, name: 'HazelcastClient', peer: 'hazelcast' },
]
