import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { pairsOf, wordsOf } from '../values.js'
import type { FoundApp } from './found.js'

const COMPOSE = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']

interface ComposeService {
  build?: unknown
  image?: string
  command?: string | string[]
  environment?: Record<string, string | number | boolean | null> | string[]
  ports?: unknown[]
  expose?: unknown[]
}

/** The services of a compose file that are built here; the others are what these need. */
export function composeApps(folder: string): FoundApp[] {
  const file = COMPOSE.find((name) => existsSync(join(folder, name)))
  if (file === undefined) return []
  const project = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
  const read = parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as {
    name?: string
    services?: Record<string, ComposeService | null>
  } | null
  const services = Object.entries(read?.services ?? {})
  return services.flatMap(([name, service]) => {
    if (!service?.build) return []
    const { command } = service
    const words = typeof command === 'string' ? (wordsOf(command) ?? []) : (command ?? [])
    const environment = environmentOf(service)
    const ports = portsOf(service)
    const others = services.filter(([other, each]) => other !== name && !each?.build).map(([other]) => other)
    return [
      {
        name,
        source: file,
        image: service.image ?? `${read?.name ?? project}-${name}`,
        ...(words.length > 0 && { command: words.map(String) }),
        ...(Object.keys(environment).length > 0 && { env: environment }),
        ...(ports.length > 0 && { ports }),
        ...(others.length > 0 && { network: `${read?.name ?? project}_default` }),
        before: `docker compose build ${name}${others.length > 0 ? ` && docker compose up -d ${others.join(' ')}` : ''}`,
      },
    ]
  })
}

/** A name without a value is passed on from its parent, as here. */
function environmentOf({ environment = {} }: ComposeService): Record<string, string> {
  if (Array.isArray(environment)) return pairsOf(environment.filter((text) => text.includes('=')))
  const given = Object.entries(environment).filter(
    (pair): pair is [string, string | number | boolean] => pair[1] !== null,
  )
  return pairsOf(Object.fromEntries(given))
}

/** The ports inside: the last number of `127.0.0.1:8080:80/tcp`. */
function portsOf({ ports = [], expose = [] }: ComposeService): number[] {
  const inside = [...ports, ...expose].map((port) =>
    typeof port === 'object' && port !== null
      ? Number((port as { target?: unknown }).target)
      : Number(String(port).split('/')[0]?.split(':').at(-1)),
  )
  return [...new Set(inside.filter((port) => Number.isInteger(port) && port > 0))]
}

/** The image of a Dockerfile, where nothing else says what is built here. */
export function dockerfileApps(folder: string): FoundApp[] {
  const file = ['Dockerfile', 'Containerfile'].find((name) => existsSync(join(folder, name)))
  if (file === undefined) return []
  const text = readFileSync(join(folder, file), 'utf8')
  const ports = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([word = '', ...list]) => (word.toUpperCase() === 'EXPOSE' ? list : []))
    .map((port) => parseInt(port, 10))
    .filter((port) => port > 0)
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
  return [
    {
      name,
      source: file,
      image: name,
      ...(ports.length > 0 && { ports }),
      before: `docker build -t ${name} ${file === 'Dockerfile' ? '' : `-f ${file} `}.`,
    },
  ]
}
