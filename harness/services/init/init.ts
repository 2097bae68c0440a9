import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Document } from 'yaml'
import { composeApps, dockerfileApps } from './containers.js'
import type { FoundApp } from './found.js'
import { gradleApps } from './gradle.js'
import { mavenApps } from './maven.js'

/** What is built in a folder: what its build files say, else its compose file, else its Dockerfile. */
export function findApps(folder: string): FoundApp[] {
  for (const look of [mavenApps, gradleApps, composeApps, dockerfileApps]) {
    const found = look(folder)
    if (found.length > 0) return withOwnNames(found)
  }
  return []
}

/** Two modules of one name are told apart by their folders. */
function withOwnNames(apps: FoundApp[]): FoundApp[] {
  const seen = new Set<string>()
  return apps.map((app) => {
    const name = seen.has(app.name) ? (app.cwd ?? app.name) : app.name
    seen.add(name)
    return { ...app, name }
  })
}

/** Editors complete and check the file by it, where the package is a dependency of the project. */
const SCHEMA = './node_modules/crac-preflight/schemas/services.schema.json'

const HEAD = `# The apps that "crac-preflight check" checks. docs/services.md in the package has every key.
`

const TAIL = `
# What it may ask of each app, and what else can be said here:
#
# defaults:
#   timeout: 90s
#   warm-up: GET /                       # or a list; methods, bodies, statuses, commands
# baseline: crac-preflight-baseline.yaml # crac-preflight check --update-baseline writes it
# outputs:
#   junit: build/preflight.xml
#   html: build/preflight.html
`

/** The file for them, as text. */
export function fileFor(apps: readonly FoundApp[], folder: string): string {
  const document = new Document({ apps: {} })
  for (const { name, source, before, command, ...rest } of apps) {
    const { image, ...others } = rest
    const entry = document.createNode({
      ...(image !== undefined && { image }),
      ...(command && { command }),
      ...others,
    })
    const node = entry as { commentBefore?: string | null; get?: (key: string, keep: true) => unknown }
    node.commentBefore = ` From ${source}${before === null ? '' : `; first: ${before}`}`
    const list = node.get?.('command', true) as { flow?: boolean } | undefined
    if (list) list.flow = true
    const ports = node.get?.('ports', true) as { flow?: boolean } | undefined
    if (ports) ports.flow = true
    document.setIn(['apps', name], entry)
  }
  const schema = existsSync(resolve(folder, SCHEMA)) ? `# yaml-language-server: $schema=${SCHEMA}\n` : ''
  return `${schema}${HEAD}${document.toString({ lineWidth: 0, flowCollectionPadding: false })}${TAIL}`
}
