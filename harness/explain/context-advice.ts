import type { Cause } from '../blockers/causes/causes.js'
import type { Context, Finding } from '../model/finding.js'
import type { Frame, Remedy } from '../model/report.js'

const POLICIES = 'https://github.com/CRaC/docs/blob/master/fd-policies.md'
const SPRING = 'https://docs.spring.io/spring-framework/reference/integration/checkpoint-restore.html'

/** What the text shows around the findings of a cause. */
export const contextsOf = ({ joined }: Cause): Context[] =>
  joined.flatMap(({ finding }) => finding.context ?? [])

/** What to do where the text around a cause tells more than the cause; `found` is the advice for the cause alone. */
export function inContext(cause: Cause, found: Remedy): Remedy {
  const contexts = contextsOf(cause)
  const failed = contexts.find(({ failedPolicy }) => failedPolicy !== undefined)?.failedPolicy
  // A policy that has failed is never proposed again.
  if (failed !== undefined && cause.joined.some(({ finding }) => isSocketReopen(finding)))
    return { ...found, policy: null }
  if (failed !== undefined) return { text: `${afterFailure[failed]} See ${POLICIES}`, policy: null }
  if (cause.kind === 'socket' && contexts.some(({ onRefresh }) => onRefresh))
    return { text: `${ON_REFRESH} See ${SPRING}`, policy: found.policy }
  return found
}

/** The JDK itself says what it can't reopen, and its advice is the better one. */
const isSocketReopen = ({ subject }: Finding): boolean =>
  subject.is === 'not-a-descriptor' && subject.trouble === 'socket-reopen'

const afterFailure = {
  close:
    'A policy with action `close` is in force and could not close it. Most often it is closed already: a refused checkpoint ' +
    'does not reopen what its policies have closed. Restart the app after a refused checkpoint. Close it in one place only: leave ' +
    'out the policy for what the app closes itself, or use `ignore` where a file may stay as it is.',
  reopen:
    'A policy closed it for the checkpoint and could not open it again after the restore. Use `ignore` where it may stay as it is; ' +
    'else leave out the policy, close it in beforeCheckpoint of an org.crac.Resource and open it in afterRestore.',
}

const ON_REFRESH =
  'Spring takes this checkpoint on refresh, before its lifecycle beans are started, so that nothing may connect before. For a pool set ' +
  'spring.datasource.hikari.allow-pool-suspension=true (Spring Boot 3.2 or later). Or connect to no database until then: name ' +
  'spring.jpa.database-platform, set spring.jpa.properties.hibernate.boot.allow_jdbc_metadata_access=false, and leave migrations and ' +
  'spring.sql.init to a run before.'

/** Threads that only one library starts, with the class whose remedy is theirs. */
const threads: { name: RegExp; class: string }[] = [
  { name: /^HikariPool-\d+/, class: 'com.zaxxer.hikari.pool.HikariPool' },
  { name: /^lettuce-/, class: 'io.lettuce.core.RedisClient' },
  { name: /EventLoopGroup-\d+-\d+$|^reactor-(?:http|tcp)-/, class: 'io.netty.channel.nio.NioEventLoop' },
  { name: /^HttpClient-\d+-SelectorManager$/, class: 'jdk.internal.net.http.HttpClientImpl' },
  { name: /^HTTP-Dispatcher$/, class: 'sun.net.httpserver.ServerImpl' },
  { name: /^RMI TCP /, class: 'sun.rmi.transport.tcp.TCPTransport' },
]

/** The threads that created a cause's descriptors, where the text keeps no frame of them. */
export function creatorsOf({ joined }: Cause): string[] {
  const named = joined.flatMap(({ finding: { creationStack, context } }) =>
    creationStack.length === 0 && context?.creator ? [context.creator] : [],
  )
  return [...new Set(named)]
}

/** A stack that stands for a thread of a library: its frames were filtered away, its name tells whose it is. */
export function stackOfThread(thread: string): Frame[] {
  const known = threads.find(({ name }) => name.test(thread))
  return known === undefined ? [] : [{ class: known.class, method: '', file: null, line: null }]
}
