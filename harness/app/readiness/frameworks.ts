/** A framework that says when it has started, or whose threads show that it has not. */
export interface Framework {
  /** As `--ready` names it. */
  name: string
  /** As people name it. */
  title: string
  /** The line that it prints when it has started; it may still have things to do then. */
  started: RegExp
  /** Whether the app is the framework's, so that it has started when the framework has. A server may be a part of an app. */
  whole: boolean
  /** Methods that are on some thread's stack for as long as it starts. */
  starting: readonly string[]
}

/** What `--ready` may name, and what is recognized by itself. */
export const frameworks: readonly Framework[] = [
  {
    name: 'spring',
    title: 'Spring',
    whole: true,
    started: /\bStarted \S+ in [\d.,]+ seconds \((?:process|JVM) running for /,
    // Runners come after the line, within `run`; what is no Spring Boot has a refresh only.
    starting: [
      'org.springframework.boot.SpringApplication.run',
      'org.springframework.context.support.AbstractApplicationContext.refresh',
    ],
  },
  {
    name: 'quarkus',
    title: 'Quarkus',
    whole: true,
    started: /\(powered by Quarkus [^)]*\) started in [\d.,]+\s?s/,
    starting: ['io.quarkus.runtime.Application.start'],
  },
  {
    name: 'micronaut',
    title: 'Micronaut',
    whole: true,
    started: /\bStartup completed in \d+ms/,
    starting: [
      'io.micronaut.context.DefaultBeanContext.start',
      'io.micronaut.context.DefaultApplicationContext.start',
      'io.micronaut.http.server.netty.NettyHttpServer.start',
    ],
  },
  {
    name: 'helidon',
    title: 'Helidon',
    whole: true,
    started: /\bStarted all channels in \d+ milliseconds|\bServer started on http\S* .*in \d+ milliseconds/,
    starting: ['io.helidon.webserver.LoomServer.start', 'io.helidon.microprofile.server.ServerImpl.start'],
  },
  {
    name: 'payara',
    title: 'Payara',
    whole: true,
    started: /\bPayara Micro \S+ .*ready in \d+ \(?ms\)?/,
    starting: ['fish.payara.micro.impl.PayaraMicroImpl.bootStrap', 'fish.payara.micro.PayaraMicro.main'],
  },
  {
    name: 'kafka',
    title: 'Kafka',
    whole: true,
    started: /\[Kafka(?:Raft)?Server (?:node)?[Ii]d=\d+\] (?:Kafka Server )?started/,
    starting: ['kafka.server.KafkaRaftServer.startup', 'kafka.server.KafkaServer.startup'],
  },
  {
    name: 'tomcat',
    title: 'Tomcat',
    whole: false,
    started: /\bServer startup in (?:\[[\d.,']+\] milliseconds|\d+ ms)/,
    starting: ['org.apache.catalina.util.LifecycleBase.start', 'org.apache.catalina.util.LifecycleBase.init'],
  },
  {
    name: 'jetty',
    title: 'Jetty',
    whole: false,
    started: /\bStarted (?:oejs\.)?Server@[\da-f]+\{/,
    starting: ['org.eclipse.jetty.server.Server.doStart'],
  },
]

/** The framework that a thread dump shows to be starting, and the thread that does it. */
export function startingIn(threads: string): { framework: Framework; thread: string } | null {
  for (const thread of threads.split(/\n(?=")/))
    for (const framework of frameworks)
      if (framework.starting.some((method) => thread.includes(`at ${method}(`)))
        return { framework, thread: /^"([^"]*)"/.exec(thread)?.[1] ?? '?' }
  return null
}
