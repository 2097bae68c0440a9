/** The examples: those of the command line and the container are read, the one of vitest is run. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { readServicesFile } from '../../harness/services/read-file.js'
import { toService } from '../../harness/services/service.js'
import { freePort } from '../../scenarios/free-port.js'
import { jdk } from '../support/java.js'
import { userEnvironment } from '../support/packed.js'

const examples = join(packageRoot, 'examples')
const folder = mkdtempSync(join(tmpdir(), 'examples-'))
const maven = join(folder, 'maven')
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** The jar as Maven makes it. */
beforeAll(async () => {
  cpSync(join(examples, 'maven'), maven, { recursive: true, filter: (path) => !path.endsWith('/target') })
  mkdirSync(join(maven, 'target', 'classes'), { recursive: true })
  const source = join(maven, 'src', 'main', 'java', 'com', 'example', 'Orders.java')
  const classes = join(maven, 'target', 'classes')
  await execa(join(jdk.home, 'bin', 'javac'), ['-g', '-d', classes, source])
  const jar = ['cfe', join(maven, 'target', 'orders.jar'), 'com.example.Orders', '-C', classes, '.']
  await execa(join(jdk.home, 'bin', 'jar'), jar)
}, 60_000)

test.for(['command-line', 'container', 'gradle', 'junit5', 'maven', 'vitest'])(
  '%s says in ten lines what to do',
  (name) => {
    const text = readFileSync(join(examples, name, 'README.md'), 'utf8')
    expect(text).toContain('```sh\n')
    expect(text.trim().split('\n').length).toBeLessThan(14)
    expect(readdirSync(join(examples, name)).length).toBeGreaterThan(1)
  },
)

test('the file of the command line is one, and names the jar that Maven makes', () => {
  const file = readServicesFile(join(examples, 'command-line', 'crac-preflight.yaml'), { PORT: '8123' })
  expect(toService(file, 'orders').spec).toMatchObject({
    command: ['java', '-Dport=8123', '-jar', 'target/orders.jar'],
    cwd: join(examples, 'maven'),
    ready: { port: 8123 },
  })
  expect(readFileSync(join(examples, 'maven', 'pom.xml'), 'utf8')).toContain('<finalName>orders</finalName>')
})

test('the file of the container names the image and the port of the Dockerfile', () => {
  const file = readServicesFile(join(examples, 'container', 'crac-preflight.yaml'), {})
  expect(toService(file, 'orders').spec).toMatchObject({
    image: 'orders',
    ports: [8080],
    ready: { port: 8080 },
  })
  const dockerfile = readFileSync(join(examples, 'container', 'Dockerfile'), 'utf8')
  expect(dockerfile).toContain('docker build -t orders ')
  expect(dockerfile).toContain('EXPOSE 8080')
})

test('the test of vitest passes with the known blockers', { timeout: 120_000 }, async () => {
  const cwd = join(folder, 'vitest')
  cpSync(join(examples, 'vitest'), cwd, { recursive: true })
  mkdirSync(join(cwd, 'node_modules'))
  symlinkSync(packageRoot, join(cwd, 'node_modules', 'crac-preflight'))
  symlinkSync(join(packageRoot, 'node_modules', 'vitest'), join(cwd, 'node_modules', 'vitest'))
  const vitest = join(packageRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const { exitCode, all } = await execa(process.execPath, [vitest, 'run'], {
    ...{ cwd, reject: false, all: true, extendEnv: false },
    env: {
      ...userEnvironment,
      PATH: `${join(jdk.home, 'bin')}:${process.env.PATH ?? ''}`,
      PORT: String(await freePort()),
    },
  })
  expect(exitCode, all).toBe(0)
  expect(all).toMatch(/1 passed/)
  expect(readFileSync(join(cwd, 'preflight.xml'), 'utf8')).toContain('file:com.example.Orders.main')
})
