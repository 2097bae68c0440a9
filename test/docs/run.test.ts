/**
 * The lines of README and docs are run as they stand, in a project that has what they name; `npm test` runs those of the README,
 * `npm run test:docs` all. A line that needs something else is run by the test that stands beside it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { toJson } from '../../reports/json.js'
import { freePort } from '../../scenarios/free-port.js'
import { springBoot } from '../fixtures/reports/reports.js'
import { jdk } from '../support/java.js'
import { userEnvironment } from '../support/packed.js'

const quick = ['README.md']
const every = ['README.md', ...readdirSync(join(packageRoot, 'docs')).map((name) => `docs/${name}`)]
const pages =
  process.env.PREFLIGHT_DOCS === 'all'
    ? every.filter((page) => page.endsWith('.md') && linesOf(page).length > 0)
    : quick

const elsewhere: [line: RegExp, test: string][] = [
  [/^npm i(?:nstall)? /, 'test/package-managers.test.ts'],
  [/^npm run demo|^npm test/, 'test/scripts/test.test.ts'],
  [/--image /, 'test/app/container/container.test.ts'],
  [/^(?:jcmd|docker compose) /, 'test/explain/explain.test.ts'],
  [/--pid Late|trace --diff/, 'test/cli/trace-habits.test.ts'],
  // It ends with its app, and a server does not.
  [/--at-exit (?!--for)/, 'test/cli/trace.test.ts'],
  [/ --restore /, 'test/run/restore.test.ts'],
  [/ --otlp /, 'test/cli/otlp.test.ts'],
  [/^npx --yes /, 'test/docs/ci.test.ts'],
  [/^(?:mvn|gradle) /, 'test/docs/java.test.ts'],
  [/^npx vitest /, 'test/vitest/packed-habits.test.ts'],
  [/scenarios\/glassfish/, 'scenarios/glassfish/glassfish.scenario.ts'],
]

/** How a line ends: a check finds that the app keeps a file open. */
function codesOf(line: string): number[] {
  if (line.endsWith(' doctor')) return [0, 1]
  if (/ (?:trace|diff|init)\b(?!.*&&)/.test(line) || line.includes('--baseline')) return [0]
  return [1]
}

/** The lines of a page that a shell reads, without their comments: of its blocks, and those that are set apart by spaces. */
function linesOf(page: string): string[] {
  const text = readFileSync(join(packageRoot, page), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block)
  const indented = [...text.matchAll(/^ {4}((?:npx )?crac-preflight .*)$/gm)].map(([, line = '']) => line)
  return [
    ...blocks
      .join('')
      .replaceAll(/\\\n\s*/g, '')
      .split('\n'),
    ...indented,
  ]
    .map((line) => line.replace(/\s+#.*/, ''))
    .filter((line) => line !== '')
}

const folder = mkdtempSync(join(tmpdir(), 'docs-run-'))
const bin = join(folder, 'bin')
const shop = join(folder, 'shop')
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const app = `import com.sun.net.httpserver.HttpServer;
import java.io.FileReader;
import java.net.InetSocketAddress;

public class Orders {
    static FileReader prices;

    public static void main(String[] args) throws Exception {
        prices = new FileReader(System.getProperty("java.class.path"));
        int port = Integer.parseInt(System.getenv("PORT"));
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/login") ? 302 : 200, -1);
            exchange.close();
        });
        server.start();
        System.out.println("Started Orders in 0.1 seconds");
    }
}
`

/** Files that the lines of some page name. */
const beside = {
  'pom.xml': '<project><artifactId>orders</artifactId><build><finalName>orders</finalName></build></project>',
  'order.http': 'POST http://localhost:8080/orders\n\nbook',
  'app.log': readFileSync(join(packageRoot, 'test', 'fixtures', 'output', 'refused.txt')),
  'dump4.log': readFileSync(join(packageRoot, 'test', 'fixtures', 'output', 'refused.txt')),
  'before.json': toJson(springBoot),
  'after.json': toJson(springBoot),
}

/** What a page's lines find as the file of services; \`init\` writes it where there is none. */
const serviceFiles: Partial<Record<string, string>> = {
  'docs/baseline.md': 'apps: { orders: { command: java -jar target/orders.jar, ready: { log: Started } } }\n',
}
const threeApps = `defaults: { command: java -jar target/orders.jar, ready: { log: Started }, trace: preload, env: { PORT: 0 } }
apps: { orders: {}, payments: {}, nightly: {} }
`

beforeAll(async () => {
  mkdirSync(bin)
  mkdirSync(join(shop, 'target', 'classes'), { recursive: true })
  mkdirSync(join(shop, 'ci'))
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'start.js')
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
  program('npx', `shift; exec '${process.execPath}' '${cli}' "$@"`)
  program('crac-preflight', `exec '${process.execPath}' '${cli}' "$@"`)
  for (const [name, content] of Object.entries(beside)) writeFileSync(join(shop, name), content)
  writeFileSync(join(shop, 'ci', 'preflight.yaml'), threeApps.replace('target', '../target'))
  writeFileSync(join(folder, 'Orders.java'), app)
  const [classes, jar] = [join(shop, 'target', 'classes'), join(shop, 'target', 'orders.jar')]
  await execa(join(jdk.home, 'bin', 'javac'), ['-g', '-d', classes, join(folder, 'Orders.java')])
  await execa(join(jdk.home, 'bin', 'jar'), ['cfe', jar, 'Orders', '-C', classes, '.'])
  for (const name of ['app.jar', 'orders.jar']) cpSync(jar, join(shop, name))
}, 60_000)

test.for(pages)('%s: each line does what the page says', { timeout: 900_000 }, async (page) => {
  const cwd = mkdtempSync(join(folder, 'page-'))
  cpSync(shop, cwd, { recursive: true })
  const file = serviceFiles[page]
  if (file !== undefined) writeFileSync(join(cwd, 'crac-preflight.yaml'), file)
  const lines = linesOf(page)
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    const other = elsewhere.find(([pattern]) => pattern.test(line))
    if (other !== undefined) {
      expect([line, existsSync(join(packageRoot, other[1]))]).toEqual([line, true])
      continue
    }
    const { code, all } = await runLine(line, cwd)
    expect(codesOf(line), `${line}\n${all}`).toContain(code)
    if (line.endsWith(' init')) writeFileSync(join(cwd, 'crac-preflight.yaml'), threeApps)
  }
})

/** Only the port is another one, as 8080 may be in use, and a JVM that runs has the number that it has. */
async function runLine(line: string, cwd: string): Promise<{ code: number | undefined; all: string }> {
  const port = String(await freePort())
  const path = [bin, join(jdk.home, 'bin'), process.env.PATH].join(delimiter)
  const env = { ...userEnvironment, JAVA_HOME: jdk.home, PATH: path, PORT: port }
  writeFileSync(join(cwd, 'order.http'), beside['order.http'].replace('8080', port))
  const running = line.includes('--pid 4711')
    ? spawn('java', ['-jar', 'orders.jar'], { cwd, env: { ...env, PORT: String(await freePort()) } })
    : null
  if (running !== null) await once(running.stdout, 'data')
  const here = line.replaceAll('8080', port).replaceAll('4711', String(running?.pid))
  const { exitCode, all } = await execa('bash', ['-eo', 'pipefail', '-c', here], {
    ...{ cwd, env, extendEnv: false, reject: false, all: true },
  })
  running?.kill('SIGKILL')
  return { code: exitCode, all }
}
