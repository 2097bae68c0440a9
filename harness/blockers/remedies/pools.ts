import type { RemedyRule } from './rule.js'

const SPRING_BOOT = 'https://docs.spring.io/spring-boot/reference/packaging/checkpoint-restore.html'
const MICRONAUT = 'https://micronaut-projects.github.io/micronaut-crac/latest/guide/'
const HIKARI = 'https://github.com/brettwooldridge/HikariCP'
const KEEPS = 'HikariCP keeps its connections over the checkpoint.'
const SUSPENDS =
  'the pool is then suspended and its connections are closed before the checkpoint, and resumed after the restore.'
const BY_HAND =
  'call close() of the HikariDataSource in beforeCheckpoint of an org.crac.Resource, and build it again in afterRestore. ' +
  'Where the object must stay, build it with setAllowPoolSuspension(true), and in beforeCheckpoint call suspendPool() and ' +
  'softEvictConnections() of its HikariPoolMXBean; getTotalConnections() is 0 before they are closed, so wait as well until ' +
  "the pool's closeConnectionExecutor (a private field) has nothing left to do; call resumePool() in afterRestore."

const hikari = { kinds: ['socket', 'file'], classes: ['com.zaxxer.hikari.'], outward: true } as const

/** Remedies for connection pools, which hold what the drivers that they call open. */
export const poolRules: RemedyRule[] = [
  {
    when: { ...when(hikari), framework: 'spring-boot' },
    text: `${KEEPS} With Spring Boot 3.2 or later set spring.datasource.hikari.allow-pool-suspension=true: ${SUSPENDS}`,
    policy: null,
    source: SPRING_BOOT,
    proof: 'SpringHikari',
  },
  {
    when: { ...when(hikari), framework: 'micronaut' },
    text: `${KEEPS} With Micronaut's CRaC module set datasources.default.allow-pool-suspension=true: ${SUSPENDS} It does not wait until the pool's closeConnectionExecutor (a private field) has closed them: where one is still open, wait for that in a Resource that is registered before Micronaut starts, and so is asked after it.`,
    policy: null,
    source: MICRONAUT,
    proof: 'MicronautHikari',
  },
  {
    when: { ...when(hikari), framework: 'none' },
    text: `${KEEPS} To close them, ${BY_HAND}`,
    policy: null,
    source: HIKARI,
    proof: 'HikariAlone',
  },
  {
    when: when(hikari),
    text:
      `${KEEPS} With Spring Boot 3.2 or later set spring.datasource.hikari.allow-pool-suspension=true (Micronaut: ` +
      `datasources.default.allow-pool-suspension=true): ${SUSPENDS} Without them, ${BY_HAND}`,
    policy: null,
    source: SPRING_BOOT,
    proof: 'untried',
  },
  closedPool('Agroal', ['io.agroal.'], 'AgroalDataSource', {
    source: 'https://agroal.github.io/docs.html',
    proof: 'Agroal',
  }),
  {
    when: { kinds: ['socket', 'file'], classes: ['com.mchange.v2.'], outward: true },
    text:
      'c3p0 keeps its connections over the checkpoint. Call close() of the ComboPooledDataSource in beforeCheckpoint of an ' +
      'org.crac.Resource; a thread closes the connections after it has returned ("Resource Destroyer in …"): join it. ' +
      'Build the pool again in afterRestore.',
    policy: null,
    source: 'https://www.mchange.com/projects/c3p0/',
    proof: 'C3p0',
  },
  closedPool('Commons DBCP', ['org.apache.commons.dbcp2.'], 'BasicDataSource', {
    source: 'https://commons.apache.org/proper/commons-dbcp/',
    proof: 'Dbcp',
  }),
  closedPool('Tomcat JDBC', ['org.apache.tomcat.jdbc.pool.'], 'DataSource', {
    source: 'https://tomcat.apache.org/tomcat-11.0-doc/jdbc-pool.html',
    proof: 'TomcatJdbc',
  }),
]

/** A pool whose close() has closed every connection when it returns. */
function closedPool(
  name: string,
  classes: string[],
  object: string,
  rest: Pick<RemedyRule, 'source' | 'proof'>,
): RemedyRule {
  return {
    when: { kinds: ['socket', 'file'], classes, outward: true },
    text:
      `${name} keeps its connections over the checkpoint. Call ${object}.close() in beforeCheckpoint of an ` +
      'org.crac.Resource, and build the pool again in afterRestore.',
    policy: null,
    ...rest,
  }
}

function when({ kinds, classes, outward }: typeof hikari): RemedyRule['when'] {
  return { kinds: [...kinds], classes: [...classes], outward }
}
