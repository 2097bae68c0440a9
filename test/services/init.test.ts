import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fileFor, findApps } from '../../harness/services/init/init.js'
import { readServicesFile } from '../../harness/services/read-file.js'
import { toService } from '../../harness/services/service.js'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** What `init` finds in a project, read back from the file that it would write. */
function found(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'init-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const apps = findApps(folder)
  const path = join(folder, 'crac-preflight.yaml')
  writeFileSync(path, fileFor(apps, folder))
  const file = readServicesFile(path)
  expect(Object.keys(file.entry.apps)).toEqual(apps.map(({ name }) => name))
  return { apps, entries: file.entry.apps, services: apps.map(({ name }) => toService(file, name)) }
}

const pom = (artifact: string, rest: string) =>
  `<project><parent><artifactId>root</artifactId><version>2.1</version></parent><artifactId>${artifact}</artifactId>${rest}</project>`
const boot =
  '<build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>'

test('the apps of a Maven build, without its libraries', () => {
  const { entries, apps } = found({
    'pom.xml':
      '<project><artifactId>root</artifactId><modules><module>web</module><module>batch</module><module>common</module></modules></project>',
    'web/pom.xml': pom(
      'web',
      `<dependencies><dependency><groupId>org.springframework.boot</groupId></dependency></dependencies>${boot}`,
    ),
    'batch/pom.xml': pom(
      'batch',
      '<build><finalName>nightly</finalName><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build>',
    ),
    'common/pom.xml': pom('common', ''),
    mvnw: '',
  })
  expect(entries).toEqual({
    web: { command: ['java', '-jar', 'target/web-2.1.jar', '--server.port=0'], cwd: 'web', ready: 'spring' },
    batch: { command: ['java', '-jar', 'target/nightly.jar'], cwd: 'batch' },
  })
  expect(apps[0]?.before).toBe('./mvnw -q -DskipTests package')
})

test('a jar that is built already is the one', () => {
  const { entries, apps } = found({
    'pom.xml': pom('web', boot),
    'target/web-7.jar': '',
    'target/web-7-sources.jar': '',
  })
  expect(entries.web?.command).toEqual(['java', '-jar', 'target/web-7.jar', '--server.port=0'])
  expect(apps[0]?.before).toBeNull()
})

test('the apps of a Gradle build, in either language', () => {
  const { entries } = found({
    'settings.gradle.kts': 'rootProject.name = "shop"\ninclude("orders", ":services:stock", "lib")\n',
    'build.gradle.kts': 'plugins { id("java") }',
    'orders/build.gradle.kts': 'plugins { id("org.springframework.boot") version "3.5.0" }\nversion = "1.2"',
    'services/stock/build.gradle': "plugins { id 'io.quarkus' }",
    'lib/build.gradle.kts': 'plugins { `java-library` }',
  })
  expect(entries).toEqual({
    orders: {
      command: ['java', '-jar', 'build/libs/orders-1.2.jar', '--server.port=0'],
      cwd: 'orders',
      ready: 'spring',
    },
    stock: {
      command: ['java', '-Dquarkus.http.port=0', '-jar', 'build/quarkus-app/quarkus-run.jar'],
      cwd: 'services/stock',
      ready: 'quarkus',
    },
  })
})

test('what a compose file builds, with the network of what it needs', () => {
  const { entries, apps } = found({
    'compose.yaml': `
name: shop
services:
  orders:
    build: .
    ports: ['127.0.0.1:18080:8080/tcp', { target: 9000 }]
    environment: { DB: 'jdbc:postgresql://db/orders', DEBUG: false }
    command: java -jar "/app/orders.jar"
  db: { image: 'postgres:17' }
`,
  })
  expect(entries).toEqual({
    orders: {
      image: 'shop-orders',
      command: ['java', '-jar', '/app/orders.jar'],
      env: { DB: 'jdbc:postgresql://db/orders', DEBUG: 'false' },
      ports: [8080, 9000],
      network: 'shop_default',
    },
  })
  expect(apps[0]?.before).toBe('docker compose build orders && docker compose up -d db')
})

test('the image of a Dockerfile', () => {
  const { services } = found({ Dockerfile: 'FROM eclipse-temurin:21\nEXPOSE 8080/tcp 8443\nCMD ["java"]\n' })
  expect(services[0]?.spec).toMatchObject({ ports: [8080, 8443] })
  expect(services[0]?.spec.image).toMatch(/^init-/)
})
