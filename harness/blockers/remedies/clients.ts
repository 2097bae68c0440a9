import type { RemedyRule } from './rule.js'

/** A library whose client object holds connections and selectors that the app can only close through it. */
interface Client {
  name: string
  /** Threads of its own, in which another library works for it. */
  threads?: RegExp
  /** Where its classes are. */
  packages: string[]
  /** Those that only its clients use, where `packages` are a server's as well. */
  only?: string[]
  /** Whether it may be a server as well. */
  listens?: boolean
  /** Classes of the objects to close: the one that the stack names, else all. A `*` stands for any part of a name. */
  objects: string[]
  /** What closes the object. */
  by?: string
  source: string
  /** The run that applies it. */
  proof: string
}

/** A client that is built on another one stands before it: its object is the one that the app has. */
const clients: Client[] = [
  {
    name: 'The AWS SDK',
    packages: ['software.amazon.awssdk.', 'com.amazonaws.'],
    objects: ['software.amazon.awssdk.services.*Client', 'com.amazonaws.services.*Client'],
    by: 'close() (shutdown() in version 1) of the service client, {closed}',
    source: 'https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/best-practices.html',
    proof: 'AwsSdk',
  },
  {
    name: 'The search client',
    packages: ['org.elasticsearch.client.', 'co.elastic.clients.', 'org.opensearch.client.'],
    // Its connections are made by Apache's client, in threads that it names.
    threads: /^elasticsearch-rest-client-/,
    objects: ['org.elasticsearch.client.RestClient'],
    source: 'https://www.elastic.co/guide/en/elasticsearch/client/java-api-client/current/connecting.html',
    proof: 'Elasticsearch',
  },
  {
    name: 'The MongoDB driver',
    packages: ['com.mongodb.'],
    objects: ['com.mongodb.client.MongoClient'],
    source: 'https://www.mongodb.com/docs/drivers/java/sync/current/connection/mongoclient/',
    proof: 'Mongo',
  },
  {
    name: 'Apache HttpClient 5',
    packages: ['org.apache.hc.'],
    objects: [
      'org.apache.hc.client5.http.impl.classic.CloseableHttpClient',
      'org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient',
    ],
    by: 'close() of {closed}, and of a connection manager that it shares; or of the client object built on it',
    source: 'https://hc.apache.org/httpcomponents-client-5.5.x/index.html',
    proof: 'HttpClient5',
  },
  {
    name: 'Apache HttpClient 4',
    packages: ['org.apache.http.'],
    objects: [
      'org.apache.http.impl.client.CloseableHttpClient',
      'org.apache.http.impl.nio.client.CloseableHttpAsyncClient',
    ],
    by: "close() of {closed}, and of a connection manager that it shares; or of the client object built on it, such as Elasticsearch's RestClient",
    source: 'https://hc.apache.org/httpcomponents-client-4.5.x/index.html',
    proof: 'HttpClient4',
  },
  {
    name: 'OkHttp',
    packages: ['okhttp3.internal.', 'okhttp3.OkHttpClient', 'okhttp3.RealCall'],
    objects: ['okhttp3.OkHttpClient'],
    by: 'connectionPool().evictAll() of {closed} once its calls have ended (cancel those that last, such as web sockets), or close what is built on it (OpenTelemetry: OpenTelemetrySdk.close())',
    source: 'https://square.github.io/okhttp/5.x/okhttp/okhttp3/-ok-http-client/',
    proof: 'OkHttp',
  },
  {
    name: 'The ZooKeeper client',
    packages: ['org.apache.zookeeper.'],
    only: ['org.apache.zookeeper.ClientCnxn', 'org.apache.zookeeper.ZooKeeper'],
    objects: ['org.apache.zookeeper.ZooKeeper'],
    source: 'https://zookeeper.apache.org/doc/current/zookeeperProgrammers.html',
    proof: 'ZooKeeper',
  },
  {
    name: 'The Kafka client',
    packages: ['org.apache.kafka.'],
    only: ['org.apache.kafka.clients.'],
    objects: [
      'org.apache.kafka.clients.producer.KafkaProducer',
      'org.apache.kafka.clients.consumer.KafkaConsumer',
      'org.apache.kafka.clients.admin.KafkaAdminClient',
    ],
    source: 'https://kafka.apache.org/documentation/#api',
    proof: 'KafkaProducer',
  },
  {
    name: 'The ActiveMQ client',
    packages: ['org.apache.activemq.'],
    only: [
      'org.apache.activemq.ActiveMQConnection',
      'org.apache.activemq.transport.tcp.TcpTransport.',
      'org.apache.activemq.transport.nio.NIOTransport.',
      'org.apache.activemq.transport.failover.',
    ],
    objects: ['org.apache.activemq.ActiveMQConnection'],
    by: 'close() of {closed}, or stop() of the pool around it',
    source: 'https://activemq.apache.org/components/classic/documentation/',
    proof: 'ActiveMq',
  },
  {
    name: 'The Artemis client',
    packages: ['org.apache.activemq.artemis.'],
    only: [
      'org.apache.activemq.artemis.core.client.',
      'org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnector',
    ],
    objects: [
      'org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory',
      'org.apache.activemq.artemis.core.client.impl.ServerLocatorImpl',
    ],
    by: 'close() of the connection factory, or of the ServerLocator',
    source: 'https://artemis.apache.org/components/artemis/documentation/latest/',
    proof: 'Artemis',
  },
  {
    name: 'Hazelcast',
    packages: ['com.hazelcast.'],
    listens: true,
    objects: ['com.hazelcast.core.HazelcastInstance'],
    by: 'shutdown() of {closed}, be it a member or a client (a member gives its data away first)',
    source: 'https://docs.hazelcast.com/hazelcast/latest/clusters/creating-clusters',
    proof: 'HazelcastMember',
  },
  {
    name: 'Lettuce',
    packages: ['io.lettuce.'],
    objects: ['io.lettuce.core.RedisClient', 'io.lettuce.core.cluster.RedisClusterClient'],
    by: 'shutdown() of {closed}, and of ClientResources that it shares',
    source: 'https://redis.github.io/lettuce/',
    proof: 'Lettuce',
  },
  {
    name: 'Jedis',
    packages: ['redis.clients.'],
    objects: [
      'redis.clients.jedis.RedisClient',
      'redis.clients.jedis.JedisPool',
      'redis.clients.jedis.JedisPooled',
    ],
    source: 'https://redis.io/docs/latest/develop/clients/jedis/',
    proof: 'Jedis',
  },
  {
    name: 'The RabbitMQ client',
    packages: ['com.rabbitmq.client.'],
    objects: ['com.rabbitmq.client.Connection'],
    source: 'https://www.rabbitmq.com/client-libraries/java-api-guide',
    proof: 'RabbitMq',
  },
]

/** Remedies for client libraries, most special first. */
export const clientRules: RemedyRule[] = [
  {
    when: {
      kinds: ['socket', 'selector'],
      classes: ['io.lettuce.', 'redis.clients.'],
      framework: 'spring-boot',
    },
    text:
      'The Redis client keeps its connections. With Spring Data Redis 3.2 or later the connection factory is a lifecycle ' +
      'bean that Spring stops before the checkpoint: make it a bean and have org.crac:crac on the class path.',
    policy: null,
    source: 'https://github.com/spring-projects/spring-data-redis/issues/2503',
    proof: 'SpringRedis',
  },
  ...clients.map(toRule),
]

/** Packages of the clients' own, through which a stack leads from the JDK to the class that tells which it is. */
export const clientPackages: string[] = clients.flatMap(({ packages }) => packages)

function toRule({
  name,
  threads,
  packages,
  only,
  listens,
  objects,
  by = 'close() of {closed}',
  source,
  proof,
}: Client): RemedyRule {
  return {
    when: {
      kinds: listens ? ['listening-socket', 'socket', 'selector'] : ['socket', 'selector'],
      classes: only ?? packages,
      ...(threads && { threads }),
      ...(listens ? {} : { accepted: false }),
    },
    text:
      `${name} keeps its connections and selectors until its client object is closed; nothing else reaches them. In ` +
      `beforeCheckpoint of an org.crac.Resource call ${by}. Build the client again in afterRestore.`,
    objects,
    policy: null,
    source,
    proof,
  }
}
