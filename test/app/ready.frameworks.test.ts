import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { preflight } from '../../harness/preflight.js'
import { freePort } from '../../scenarios/free-port.js'
import { capability, needing } from '../support/capability.js'
import { jdk } from '../support/java.js'

const folder = join(packageRoot, 'scenarios', 'frameworks')
const quarkus = join(folder, 'quarkus', 'target', 'quarkus-app', 'quarkus-run.jar')
const micronaut = join(folder, 'micronaut', 'target')
const apps = {
  quarkus: (port: number) => [`-Dquarkus.http.port=${port}`, '-jar', quarkus],
  micronaut: (port: number) => [
    `-Dmicronaut.server.port=${port}`,
    '-cp',
    `${join(micronaut, 'orders.jar')}:${join(micronaut, 'lib', '*')}`,
    'com.example.orders.Orders',
  ],
}
const built = [quarkus, join(micronaut, 'orders.jar')].every((path) => existsSync(path))
const test = needing(
  capability('frameworks', built, 'they are not built; "npm run test:frameworks" builds and tests them'),
)

const said = { quarkus: 'as Quarkus says', micronaut: 'as Micronaut says' }
const names = ['quarkus', 'micronaut'] as const
const cases = names.flatMap((name) => [false, true].map((named) => [name, named] as const))

test.each(cases)(
  'a real app of %s is ready when it serves, and nothing of it is told as missing (named: %s)',
  { timeout: 180_000 },
  async (name, named) => {
    const port = await freePort()
    const command = [jdk.java, ...apps[name](port)]
    const ready = named ? { ready: { framework: name } } : {}
    const warmUp = { url: `http://localhost:${port}/orders`, expect: 200 }
    const report = await preflight({ command, ...ready }, { trace: 'preload', warmUp })
    expect(report.failure).toBeNull()
    expect(report.verdict).toBe('checkpointable')
    expect(report.engine.restore?.missing).toEqual([])
    expect(report.app.takenAsReady ?? '').toContain(named ? '' : said[name])
  },
)
