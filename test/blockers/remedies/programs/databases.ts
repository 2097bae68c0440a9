import type { Program } from './program.js'

const pool = { at: 'databases/pools', peer: 'h2' } as const
const client: Pick<Program, 'at'> = { at: 'databases/clients' }

/** Pools of connections to databases, and clients of databases. */
export const databasePrograms: Program[] = [
  { ...pool, name: 'HikariAlone', everyTime: true },
  { ...pool, name: 'HikariClosed' },
  { ...pool, name: 'Agroal' },
  { ...pool, name: 'C3p0' },
  { ...pool, name: 'Dbcp' },
  { ...pool, name: 'TomcatJdbc' },
  { ...client, name: 'Lettuce', peer: 'redis' },
  { ...client, name: 'Jedis', peer: 'redis', everyTime: true },
  { ...client, name: 'Mongo', peer: 'mongo' },
  { ...client, name: 'Elasticsearch', peer: 'http' },
]
