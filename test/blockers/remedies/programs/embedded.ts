import type { Program } from './program.js'

const embedded: Pick<Program, 'at'> = { at: 'files/embedded' }
const logging: Pick<Program, 'at'> = { at: 'files/logging' }

/** Databases and indexes in the app itself, and logs. */
export const embeddedPrograms: Program[] = [
  { ...embedded, name: 'H2File' },
  { ...embedded, name: 'H2Kept' },
  { ...embedded, name: 'Sqlite' },
  { ...embedded, name: 'Hsqldb' },
  { ...embedded, name: 'Derby' },
  { ...embedded, name: 'Lucene' },
  { ...embedded, name: 'Rocks' },
  { ...logging, name: 'JulFile' },
  { ...logging, name: 'LogbackFile' },
  { ...logging, name: 'Log4jFile' },
]
