import type { Program } from './program.js'

const spring: Pick<Program, 'at'> = { at: 'spring/spring' }

/** Felix's own files are not what its File Install is asked about. */
const ownFiles = ['-Djdk.crac.resource-policies={folder}/policies.yaml']

/** What a framework does about it. */
export const frameworkPrograms: Program[] = [
  {
    at: 'spring/hikari',
    name: 'SpringHikari',
    peer: 'h2',
    follows: { options: ['-Dspring.datasource.hikari.allow-pool-suspension=true'] },
  },
  { at: 'spring/web', name: 'SpringWeb', lacks: 'crac', everyTime: true },
  { ...spring, name: 'SpringSocket' },
  { ...spring, name: 'SpringRedis', peer: 'redis' },
  {
    at: 'micronaut/micronaut',
    name: 'MicronautHikari',
    peer: 'h2',
    // The module refuses to start with a pool that can't be suspended.
    options: ['-Dcrac.enabled=false'],
    follows: { mode: 'followed', options: ['-Ddatasources.default.allow-pool-suspension=true'] },
  },
  { at: 'osgi/osgi', name: 'FileInstall' },
  {
    at: 'osgi/osgi',
    name: 'FileInstall',
    variant: 'by an option',
    options: ownFiles,
    files: { 'policies.yaml': 'type: file\npath: **/felix/**\naction: close\n' },
    follows: { options: [...ownFiles, '-Dfelix.fileinstall.disableNio2=true'] },
  },
]
