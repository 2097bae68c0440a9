/** A team's own repository: two services, the packed package, and every line as its people would type it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import Ajv from 'ajv'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../harness/host/package-root.js'
import { jdk } from './support/java.js'
import { locked, pack, userEnvironment } from './support/packed.js'

const folder = mkdtempSync(join(tmpdir(), 'outside-'))
const shop = join(folder, 'shop')
let tarball = ''
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const service = (name: string, opens: string) => ({
  [`${name}/pom.xml`]: `<project><artifactId>${name}</artifactId><version>1</version><build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build></project>`,
  [`${name}/src/main/java/com/acme/${name}/Main.java`]: `package com.acme.${name};

public class Main {
    static Object held;

    public static void main(String[] args) throws Exception {
        held = ${opens};
        System.out.println("READY");
        Thread.sleep(Long.MAX_VALUE);
    }
}
`,
})

/** What their repository holds, built as their build does. */
beforeAll(async () => {
  tarball = join(folder, pack(folder))
  const files = {
    'pom.xml':
      '<project><artifactId>shop</artifactId><modules><module>orders</module><module>billing</module></modules></project>',
    ...service('orders', 'new java.io.FileReader("pom.xml")'),
    ...service('billing', 'new byte[1]'),
    'shop.test.ts': `import { scenarios } from 'crac-preflight/vitest'\nscenarios('crac-preflight.yaml')\n`,
    'vitest.config.ts': `import { cracPreflight } from 'crac-preflight/config'
import { defineConfig } from 'vitest/config'
export default defineConfig({
  plugins: [cracPreflight({ junit: 'build/vitest.xml', baseline: 'crac-preflight-baseline.yaml' })],
})
`,
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(shop, name)), { recursive: true })
    writeFileSync(join(shop, name), text)
  }
  for (const name of ['orders', 'billing']) {
    const classes = join(shop, name, 'target', 'classes')
    const source = join(shop, name, 'src', 'main', 'java', 'com', 'acme', name, 'Main.java')
    mkdirSync(classes, { recursive: true })
    await execa(join(jdk.home, 'bin', 'javac'), ['-g', '-d', classes, source])
    const jar = [
      'cfe',
      join(shop, name, 'target', `${name}-1.jar`),
      `com.acme.${name}.Main`,
      '-C',
      classes,
      '.',
    ]
    await execa(join(jdk.home, 'bin', 'jar'), jar)
  }
  await execa('git', ['init', '--quiet', shop])
}, 180_000)

/** A line of a shell in a folder, as a user or a CI has it. */
async function shell(cwd: string, line: string, env: Record<string, string> = {}) {
  const path = `${join(jdk.home, 'bin')}${delimiter}${process.env.PATH ?? ''}`
  return await execa('bash', ['-eo', 'pipefail', '-c', line], {
    ...{ cwd, reject: false, all: true, extendEnv: false },
    env: { ...userEnvironment, JAVA_HOME: jdk.home, PATH: path, ...env },
  })
}

function project(name: string, from: string): string {
  const cwd = join(folder, name)
  rmSync(cwd, { recursive: true, force: true })
  cpSync(from, cwd, { recursive: true })
  const devDependencies = {
    'crac-preflight': `file:${tarball}`,
    vite: locked('vite'),
    vitest: locked('vitest'),
  }
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'shop', private: true, type: 'module', devDependencies }),
  )
  return cwd
}

const sarif = createRequire(import.meta.url)('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
const source = 'orders/src/main/java/com/acme/orders/Main.java'

test.for([
  { manager: 'npm', install: 'npm install --prefer-offline --no-audit --no-fund', run: 'npx' },
  {
    manager: 'pnpm',
    install: 'npm exec --yes --prefer-offline --package=pnpm@10 -- pnpm install --no-frozen-lockfile',
    run: 'npm exec --yes --prefer-offline --package=pnpm@10 -- pnpm exec',
  },
])('with $manager: file, shards, every output, baseline, tests', { timeout: 400_000 }, async (by) => {
  const cwd = project(by.manager, shop)
  const read = (name: string) => readFileSync(join(cwd, name), 'utf8')
  const json = (name: string) => JSON.parse(read(name)) as unknown
  /** A line of theirs, and how it must end. */
  const types = async (line: string, code: number, env: Record<string, string> = {}) => {
    const { exitCode, all } = await shell(cwd, line, env)
    expect(exitCode, `${line}\n${all}`).toBe(code)
    return all
  }
  const preflight = `${by.run} crac-preflight`
  await types(by.install, 0)

  // The file, as it was written for what is built, with what the team says for all.
  await types(`${preflight} init`, 0)
  const file = read('crac-preflight.yaml')
  expect(file).toMatch(
    /^ {2}orders:\n.*\n {4}command: \[java, -jar, target\/orders-1\.jar\]\n {4}cwd: orders$/m,
  )
  const settings =
    'defaults: { ready: { log: READY }, trace: preload }\nbaseline: crac-preflight-baseline.yaml\n'
  writeFileSync(join(cwd, 'crac-preflight.yaml'), settings + file)
  writeFileSync(join(cwd, 'crac-preflight-baseline.yaml'), '')

  // Each machine checks a part, one merges them.
  await types(`${preflight} check orders --json one.json`, 1)
  await types(`${preflight} check 'bill*' --json two.json`, 0)
  const outputs = '--html all.html --junit all.xml --sarif all.sarif --code-quality quality.json'
  const merged = await types(
    `${preflight} merge one.json two.json --json all.json ${outputs} --annotations auto`,
    1,
    { GITHUB_ACTIONS: 'true' },
  )
  expect(merged).toMatch(/^2 apps: 1 blocked, 1 checkpointable$/m)
  expect(merged).toMatch(new RegExp(`^::error file=${source},line=7,title=`, 'm'))

  const installed = createRequire(join(cwd, 'package.json'))
  const published = installed('crac-preflight/reports.schema.json') as { $schema?: string }
  const ajv = () => new Ajv({ schemaId: 'auto', unknownFormats: 'ignore', validateSchema: false })
  delete published.$schema
  for (const [schema, name] of [
    [published, 'all.json'],
    [sarif, 'all.sarif'],
  ] as const) {
    const isValid = ajv().compile(schema as object)
    expect([name, isValid(json(name)), isValid.errors]).toEqual([name, true, null])
  }
  expect(json('all.sarif')).toMatchObject({
    runs: [
      {
        results: [
          {
            level: 'error',
            locations: [
              { physicalLocation: { artifactLocation: { uri: source }, region: { startLine: 7 } } },
            ],
          },
        ],
      },
    ],
  })
  expect(json('quality.json')).toMatchObject([{ location: { path: source, lines: { begin: 7 } } }])
  const reader = join(packageRoot, 'test', 'fixtures', 'reports')
  const junit = [join(reader, 'ReadJunit.java'), join(reader, 'junit.xsd')]
  await execa(jdk.java, junit, { input: read('all.xml') })
  expect(read('all.xml')).toContain(`file="${source}" line="7"`)
  expect(read('all.html')).toContain('com.acme.orders.Main')

  // What is there is accepted; from then on all of it passes, in vitest, too.
  await types(`${preflight} check --jobs 2 --update-baseline`, 0)
  expect(read('crac-preflight-baseline.yaml')).toMatch(
    /^orders:\n {2}- file:com\.acme\.orders\.Main\.main # /m,
  )
  expect(await types(`${by.run} vitest run`, 0)).toMatch(/2 passed/)
  expect(read('build/vitest.xml')).toMatch(/<testsuites name="crac-preflight" tests="3" failures="0"/)
})

test('in a clone of the demo app alone two commands are enough', { timeout: 300_000 }, async () => {
  const demo = join(packageRoot, 'scenarios', 'spring-boot-web')
  const clone = join(folder, 'demo')
  mkdirSync(join(clone, 'target'), { recursive: true })
  for (const part of ['pom.xml', 'src', join('target', 'orders.jar')])
    cpSync(join(demo, part), join(clone, part), { recursive: true })
  const installed = await shell(
    clone,
    `npm init --yes && npm install --prefer-offline --no-audit --no-fund '${tarball}'`,
  )
  expect(installed.exitCode, installed.all).toBe(0)
  const { exitCode, all } = await shell(clone, 'npx crac-preflight init && npx crac-preflight check')
  expect(exitCode, all).toBe(1)
  expect(all).toMatch(/BLOCKED {2}orders: 3 blockers/)
  expect(all).toContain('com.example.orders.AuditLog.open(AuditLog.java:34)')
})
