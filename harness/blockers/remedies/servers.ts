import type { RemedyRule } from './rule.js'

const SPRING = 'https://docs.spring.io/spring-framework/reference/integration/checkpoint-restore.html'

/** A server, or what is built on Netty, with an object that ends all that it holds. */
interface Server {
  name: string
  classes: string[]
  /** What to call in beforeCheckpoint. */
  stop: string
  /** What is to be known about it. */
  more?: string
  source: string
  proof: string
}

/** What is built on other servers: its object is the one that the app has, so that it wins over them. */
const built: Server[] = [
  {
    name: 'Javalin',
    classes: ['io.javalin.'],
    stop: 'Javalin.stop()',
    more: 'A stopped one can not be started again.',
    source: 'https://javalin.io/documentation#starting-and-stopping',
    proof: 'JavalinServer',
  },
  {
    name: 'gRPC',
    classes: ['io.grpc.'],
    stop: 'shutdownNow() of each Server and ManagedChannel, and then awaitTermination()',
    source: 'https://grpc.io/docs/guides/server-graceful-stop/',
    proof: 'Grpc',
  },
  {
    name: 'Reactor Netty',
    classes: ['reactor.netty.'],
    stop: 'disposeNow() of the DisposableServer, and disposeLater().block() of its LoopResources and ConnectionProvider, or, of those that all share, HttpResources.disposeLoopsAndConnectionsLater().block()',
    source: 'https://projectreactor.io/docs/netty/release/reference/',
    proof: 'ReactorNetty',
  },
  {
    name: 'Vert.x',
    classes: ['io.vertx.'],
    stop: 'Vertx.close(), and wait for its future',
    source: 'https://vertx.io/docs/vertx-core/java/',
    proof: 'Vertx',
  },
  {
    name: 'Dubbo',
    classes: ['org.apache.dubbo.'],
    stop: 'DubboBootstrap.stop() and then FrameworkModel.destroyAll() (stop() alone leaves ports open)',
    more:
      'Build it with DubboBootstrap.newInstance(), as the default instance can not be made twice, and set the context class ' +
      'loader of the thread before: that of a checkpoint has none.',
    source: 'https://dubbo.apache.org/en/docs3-v2/java-sdk/upgrades-and-compatibility/',
    proof: 'Dubbo',
  },
]

const servers: Server[] = [
  {
    name: 'Jetty',
    classes: ['org.eclipse.jetty.'],
    stop: 'stop() of its Server',
    source: 'https://jetty.org/docs/jetty/12.1/programming-guide/server/http.html',
    proof: 'JettyServer',
  },
  {
    name: 'Tomcat',
    classes: ['org.apache.tomcat.util.net.', 'org.apache.catalina.'],
    stop: 'stop() and then destroy() of the Tomcat (stop() alone keeps the port)',
    source: 'https://tomcat.apache.org/tomcat-11.0-doc/api/org/apache/catalina/startup/Tomcat.html',
    proof: 'TomcatServer',
  },
  {
    name: 'Undertow',
    classes: ['io.undertow.', 'org.xnio.'],
    stop: 'Undertow.stop()',
    source: 'https://undertow.io/undertow-docs/undertow-docs-2.1.0/index.html#bootstrapping-undertow',
    proof: 'UndertowServer',
  },
  {
    name: 'Grizzly',
    classes: ['org.glassfish.grizzly.'],
    stop: 'HttpServer.shutdownNow() (or shutdownNow() of the transport)',
    more:
      'Inside GlassFish call GlassFish.stop() and start() instead: the second start needs ' +
      '--add-opens java.naming/javax.naming.spi=ALL-UNNAMED.',
    source: 'https://docs.azul.com/core/crac/crac-guidelines',
    proof: 'GrizzlyServer',
  },
]

/** Remedies for servers; of several the one nearest to the JDK opened it. */
export const serverRules: RemedyRule[] = servers.map(toRule)

/** Remedies for what is built on servers, most special first. */
export const builtRules: RemedyRule[] = [
  {
    when: {
      kinds: ['listening-socket', 'selector', 'socket'],
      classes: ['web', 'tomcat', 'jetty', 'undertow', 'reactor.netty'].map(
        (part) => `org.springframework.boot.${part}.`,
      ),
      outward: true,
    },
    text:
      'Spring Boot 3.2 or later stops its web server before a checkpoint and starts it after the restore, if ' +
      'org.crac:crac (1.4.0 or later) is on the class path: add it.',
    policy: null,
    source: SPRING,
    proof: 'SpringWeb',
  },
  ...built.map(toRule),
]

function toRule({ name, classes, stop, more, source, proof }: Server): RemedyRule {
  return {
    when: { kinds: ['listening-socket', 'selector', 'socket'], classes },
    text:
      `${name} keeps its ports, connections and selectors until it is stopped. In beforeCheckpoint of an ` +
      `org.crac.Resource call ${stop}. Make and start it anew in afterRestore.${more === undefined ? '' : ` ${more}`}`,
    policy: null,
    source,
    proof,
  }
}
