import type { RemedyRule } from './rule.js'

const SPRING_BOOT = 'https://docs.spring.io/spring-boot/reference/packaging/checkpoint-restore.html'
const MICRONAUT = 'https://micronaut-projects.github.io/micronaut-crac/latest/guide/'
const HIKARI = 'https://github.com/brettwooldridge/HikariCP'
const KEEPS = 'HikariCP keeps its connections over the checkpoint.'
const SUSPENDS =
  'the pool is then suspended and its connections are closed before the checkpoint, and resumed after the restore.'
const BY_HAND =
  'build the pool with setAllowPoolSuspension(true); in beforeCheckpoint of an org.crac.Resource call suspendPool() and ' +
  'softEvictConnections() of its HikariPoolMXBean, and wait until getTotalConnections() is 0; call resumePool() in ' +
  'afterRestore. Or close the HikariDataSource and build it again.'

const hikari = { kinds: ['socket', 'file'], classes: ['com.zaxxer.hikari.'], outward: true } as const

/** Remedies for connection pools, which hold what the drivers that they call open. */
export const poolRules: RemedyRule[] = [
  {
    when: { ...when(hikari), framework: 'spring-boot' },
    text: `${KEEPS} With Spring Boot 3.2 or later set spring.datasource.hikari.allow-pool-suspension=true: ${SUSPENDS}`,
    policy: null,
    source: SPRING_BOOT,
    proof: 'untried',
  },
  {
    when: { ...when(hikari), framework: 'micronaut' },
    text: `${KEEPS} With Micronaut's CRaC module set datasources.default.allow-pool-suspension=true: ${SUSPENDS}`,
    policy: null,
    source: MICRONAUT,
    proof: 'untried',
  },
  {
    when: { ...when(hikari), framework: 'none' },
    text: `${KEEPS} To close them ${BY_HAND}`,
    policy: null,
    source: HIKARI,
    proof: 'untried',
  },
  {
    when: when(hikari),
    text:
      `${KEEPS} With Spring Boot 3.2 or later set spring.datasource.hikari.allow-pool-suspension=true (Micronaut: ` +
      `datasources.default.allow-pool-suspension=true): ${SUSPENDS} Without them ${BY_HAND}`,
    policy: null,
    source: SPRING_BOOT,
    proof: 'untried',
  },
  {
    when: { kinds: ['socket', 'file'], classes: ['io.agroal.'], outward: true },
    text:
      'Agroal keeps its connections over the checkpoint. Call AgroalDataSource.close() in beforeCheckpoint of an ' +
      'org.crac.Resource, and build the pool again in afterRestore.',
    policy: null,
    source: 'https://agroal.github.io/docs.html',
    proof: 'untried',
  },
]

function when({ kinds, classes, outward }: typeof hikari): RemedyRule['when'] {
  return { kinds: [...kinds], classes: [...classes], outward }
}
