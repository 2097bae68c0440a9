/** Threads that only one library starts, each with a class whose remedy is theirs; the first row that fits counts. */
export const threadClasses: { name: RegExp; class: string }[] = [
  {
    name: /^HikariPool-\d+|:(?:connection-adder|connection-closer|housekeeper)$/,
    class: 'com.zaxxer.hikari.pool.HikariPool',
  },
  { name: /^agroal-\d+/, class: 'io.agroal.pool.ConnectionPool' },
  { name: /^C3P0Pooled|-HelperThread-#\d+$/, class: 'com.mchange.v2.c3p0.impl.C3P0PooledConnectionPool' },
  { name: /^lettuce-/, class: 'io.lettuce.core.RedisClient' },
  {
    name: /^kafka-(?:producer|admin-client|coordinator)|^Kafka|KafkaListenerEndpointContainer|^kafka-consumer/i,
    class: 'org.apache.kafka.clients.NetworkClient',
  },
  { name: /-SendThread\(/, class: 'org.apache.zookeeper.ClientCnxn$SendThread' },
  { name: /^cluster-(?:rtt-)?ClusterId\b/, class: 'com.mongodb.internal.connection.SocketStream' },
  {
    name: /^AMQP Connection |^rabbit(?:ConnectionFactory|mq)/i,
    class: 'com.rabbitmq.client.impl.SocketFrameHandlerFactory',
  },
  {
    name: /^ActiveMQ (?:Transport|Session|Connection)/,
    class: 'org.apache.activemq.transport.tcp.TcpTransport',
  },
  { name: /^OkHttp\b/, class: 'okhttp3.internal.connection.RealConnection' },
  { name: /^elasticsearch-rest-client-/, class: 'org.elasticsearch.client.RestClient' },
  { name: /^hz\./, class: 'com.hazelcast.internal.networking.nio.NioThread' },
  {
    name: /^grpc-(?:default|nio)-(?:boss|worker)-ELG-|^grpc-default-executor-/,
    class: 'io.grpc.netty.NettyServer',
  },
  {
    name: /^Netty(?:Server|Client)(?:Boss|Worker)-|^Dubbo/,
    class: 'org.apache.dubbo.remoting.transport.netty4.NettyServer',
  },
  { name: /^vert\.x-/, class: 'io.vertx.core.net.impl.NetServerImpl' },
  { name: /^reactor-(?:http|tcp)-/, class: 'reactor.netty.resources.DefaultLoopNIO' },
  { name: /^armeria-/, class: 'com.linecorp.armeria.server.Server' },
  {
    name: /^https?-(?:nio|jsse-nio|openssl-nio|apr)2?-.*-(?:Acceptor|Poller|exec-\d+)/,
    class: 'org.apache.tomcat.util.net.NioEndpoint',
  },
  { name: /^qtp\d+-/, class: 'org.eclipse.jetty.io.ManagedSelector' },
  { name: /^XNIO-\d+ /, class: 'org.xnio.nio.WorkerThread' },
  { name: /^httpclient-dispatch-\d+/, class: 'org.apache.hc.core5.reactor.InternalDataChannel' },
  { name: /EventLoop(?:Group)?-\d+-\d+$/, class: 'io.netty.channel.nio.NioEventLoop' },
  { name: /^HttpClient-\d+-SelectorManager$/, class: 'jdk.internal.net.http.HttpClientImpl' },
  { name: /^HTTP-Dispatcher$/, class: 'sun.net.httpserver.ServerImpl' },
  { name: /^RMI TCP /, class: 'sun.rmi.transport.tcp.TCPTransport' },
]
