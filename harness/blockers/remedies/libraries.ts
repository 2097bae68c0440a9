import { embeddedRules } from './embedded.js'
import type { RemedyRule } from './rule.js'
import { serverRules } from './servers.js'

const SPRING = 'https://docs.spring.io/spring-framework/reference/integration/checkpoint-restore.html'
const RESOURCE = 'https://docs.azul.com/core/crac/crac-guidelines'

/**
 * Remedies for libraries that are often in the way; each is recognised by its classes in the stack. Where several are
 * there, the one nearest to the JDK opened it.
 */
export const libraryRules: RemedyRule[] = [
  ...embeddedRules,
  ...serverRules,
  {
    when: {
      kinds: ['file'],
      native: false,
      classes: ['ch.qos.logback.', 'org.apache.logging.log4j.', 'org.apache.log4j.'],
    },
    text: 'A file appender keeps its log file open. Log to the console, or stop the appender in beforeCheckpoint and start it in afterRestore (Log4j 2: take it away and add a new one, as a stopped one has lost its file).',
    policy: {
      shape: 'file-reopen',
      text: 'Or let the JDK close and reopen the file with this policy (-Djdk.crac.resource-policies=FILE).',
    },
    source: 'https://github.com/spring-projects/spring-boot/issues/38548',
    proof: 'LogbackFile',
  },
  {
    when: { kinds: ['file'], classes: ['java.util.logging.FileHandler'] },
    text:
      'java.util.logging.FileHandler holds its log file and a lock file (.lck) that is a FileChannel, which no policy ' +
      'can reopen: close the handler in beforeCheckpoint and add a new one in afterRestore, or log to the console.',
    policy: null,
    source:
      'https://docs.oracle.com/en/java/javase/21/docs/api/java.logging/java/util/logging/FileHandler.html',
    proof: 'JulFile',
  },
  {
    when: { kinds: ['native'], classes: ['io.netty.channel.', 'io.netty.incubator.channel.'] },
    text:
      "Netty's native transport opens epoll, eventfd and timerfd outside the JDK, where no policy reaches. Use the NIO " +
      'transport: -D{netty}.transport.noNative=true where the library asks Epoll.isAvailable(), else NioEventLoopGroup ' +
      '(or NioIoHandler); and close the channels before the checkpoint.',
    policy: null,
    source: 'https://github.com/netty/netty/pull/13430',
    proof: 'NettyEpoll',
  },
  {
    when: { kinds: ['watch-service'], classes: ['org.apache.felix.fileinstall.'] },
    text:
      'Felix File Install watches its folder with a WatchService, which the JVM finds natively, so that no policy helps. ' +
      'Set felix.fileinstall.disableNio2=true (it polls instead), or stop the bundle in beforeCheckpoint.',
    policy: null,
    source: 'https://felix.apache.org/documentation/subprojects/apache-felix-file-install.html',
    proof: 'FileInstall, by an option',
  },
  {
    when: { kinds: ['file'], native: false, classes: ['com.sun.enterprise.loader.'] },
    text:
      'GlassFish keeps the archives of its resource adapters and applications open in class loaders of its own, which ' +
      'CRaC does not know: GlassFish.stop() in beforeCheckpoint closes them, start() in afterRestore opens them again.',
    policy: {
      shape: 'file-reopen',
      text: 'Or let the JDK close and reopen them with this policy (-Djdk.crac.resource-policies=FILE).',
    },
    source: RESOURCE,
    proof: 'scenarios/glassfish/glassfish.scenario.ts',
  },
  {
    when: {
      kinds: ['listening-socket', 'selector', 'socket'],
      classes: ['sun.net.httpserver.', 'com.sun.net.httpserver.'],
    },
    text:
      'com.sun.net.httpserver does not know CRaC: call HttpServer.stop(0) in beforeCheckpoint and create and start a new ' +
      'server in afterRestore. Its selector is closed with it.',
    policy: null,
    source: RESOURCE,
    proof: 'JdkServer',
  },
  {
    when: {
      kinds: ['listening-socket', 'socket'],
      classes: ['sun.rmi.transport.', 'sun.management.jmxremote.'],
    },
    text:
      'Remote management (JMX over RMI) listens on a socket of its own. Leave com.sun.management.jmxremote.port away in ' +
      'the run that makes the checkpoint, unless your CRaC JDK stops and restarts RMI itself.',
    policy: null,
    source: 'https://github.com/openjdk/crac/pull/146',
    proof: 'Idle, with remote management',
  },
  {
    when: { kinds: ['selector', 'listening-socket', 'socket'], classes: ['io.netty.'] },
    text:
      'Netty does not know CRaC: its channels stay registered with the selectors of its event loops. Shut the ' +
      'EventLoopGroup down in beforeCheckpoint (shutdownGracefully, then wait) and start it again in afterRestore; where ' +
      'a library made it, through the object of that library; or use the CRaC support of your framework.',
    policy: null,
    source: 'https://docs.azul.com/core/crac/crac-frameworks',
    proof: 'NettyNio',
  },
  {
    when: { kinds: ['selector', 'socket'], classes: ['jdk.internal.net.http.'] },
    text:
      'java.net.http.HttpClient keeps connections and a selector until it is closed: call its close() in beforeCheckpoint, ' +
      'and make a new one in afterRestore. Before 21 it has no close(): drop every reference to it, call System.gc(), and ' +
      'wait until its thread HttpClient-N-SelectorManager has ended, which looks every three seconds.',
    policy: null,
    source: 'https://docs.oracle.com/en/java/javase/21/docs/api/java.net.http/java/net/http/HttpClient.html',
    proof: 'JdkHttpClient',
  },
  {
    when: { kinds: ['socket'], classes: ['sun.net.www.http.'] },
    text:
      'HttpURLConnection keeps finished connections alive for reuse: -Dhttp.keepAlive=false closes each at once; or ' +
      'close the response streams and call disconnect() before the checkpoint.',
    policy: null,
    source:
      'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/net/doc-files/net-properties.html',
    proof: 'UrlConnection',
  },
]

/** Remedies of frameworks. Their frames are in every stack of an app's main thread, so that all others come first. */
export const frameworkRules: RemedyRule[] = [
  {
    when: {
      kinds: ['listening-socket', 'selector', 'socket'],
      classes: ['org.springframework.boot.', 'org.springframework.context.'],
      outward: true,
    },
    text:
      'Spring 6.1 and Spring Boot 3.2 or later stop lifecycle beans, the web server among them, before a checkpoint, if ' +
      'org.crac:crac (1.4.0 or later) is on the class path. Make what holds this a bean whose Lifecycle.stop() closes it.',
    policy: null,
    source: SPRING,
    proof: 'SpringSocket',
  },
]
