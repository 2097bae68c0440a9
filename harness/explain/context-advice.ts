import type { Cause } from '../blockers/causes/causes.js'
import { FAILED_POLICY } from '../blockers/failed-policies.js'
import { endsIn } from '../blockers/causes/subjects.js'
import type { Context, Finding } from '../model/finding.js'
import type { Frame, Remedy } from '../model/report.js'
import { threadClasses } from './thread-names.js'

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
  if (failed !== undefined) return { text: `${FAILED_POLICY[failed]} See ${POLICIES}`, policy: null }
  if (cause.kind === 'socket' && contexts.some(({ onRefresh }) => onRefresh))
    return {
      text: `${ON_REFRESH} ${isOfDatabase(cause) ? NO_DATABASE : NO_CLIENT} See ${SPRING}`,
      policy: found.policy,
    }
  return found
}

/** The JDK itself says what it can't reopen, and its advice is the better one. */
const isSocketReopen = ({ subject }: Finding): boolean =>
  subject.is === 'not-a-descriptor' && subject.trouble === 'socket-reopen'

const ON_REFRESH =
  'Spring takes this checkpoint on refresh, before its lifecycle beans are started, so that nothing may connect before.'
const NO_DATABASE =
  'For a pool set spring.datasource.hikari.allow-pool-suspension=true (Spring Boot 3.2 or later). Or connect to no database until then: name ' +
  'spring.jpa.database-platform, set spring.jpa.properties.hibernate.boot.allow_jdbc_metadata_access=false, and leave migrations and ' +
  'spring.sql.init to a run before.'
const NO_CLIENT =
  'Let no bean use its client while it is made (in a constructor or a @PostConstruct method): connect at the first use, @Lazy, or when a ' +
  'lifecycle bean starts; or close the client in beforeCheckpoint of an org.crac.Resource and build it again in afterRestore.'

/** HTTP, Redis, MongoDB, Kafka, RabbitMQ, ActiveMQ, ZooKeeper, Elasticsearch, Cassandra, Eureka and Config Server. */
const OTHERS = new Set([
  80, 443, 8080, 8443, 6379, 27017, 9092, 5671, 5672, 61616, 2181, 9200, 9042, 8761, 8888,
])

/** Whether the other end may be a relational database: anything listens at ports that nobody knows. */
const isOfDatabase = ({ joined }: Cause): boolean =>
  joined.some(({ finding }) => !OTHERS.has(endsIn(finding).remote?.port ?? 0))

/** The threads that created a cause's descriptors, where the text keeps no frame of them. */
export function creatorsOf({ joined }: Cause): string[] {
  const named = joined.flatMap(({ finding: { creationStack, context } }) =>
    creationStack.length === 0 && context?.creator ? [context.creator] : [],
  )
  return [...new Set(named)]
}

/** A stack that stands for a thread of a library: its frames were filtered away, its name tells whose it is. */
export function stackOfThread(thread: string): Frame[] {
  const known = threadClasses.find(({ name }) => name.test(thread))
  return known === undefined ? [] : [{ class: known.class, method: '', file: null, line: null }]
}
