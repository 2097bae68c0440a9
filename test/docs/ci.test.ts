/** docs/ci.md, the action and the template: what of them a shell runs is run here, with a service of this repository. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
  existsSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { freePort } from '../../scenarios/free-port.js'
import { jdk } from '../support/java.js'
import { userEnvironment } from '../support/packed.js'

const folder = mkdtempSync(join(tmpdir(), 'ci-'))
const bin = join(folder, 'bin')
const page = readFileSync(join(packageRoot, 'docs', 'ci.md'), 'utf8')
const snippets = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text]) => text ?? '')
const template = readFileSync(join(packageRoot, 'ci', 'gitlab.yml'), 'utf8')

/** What npx and npm exec would get from the registry is this checkout; the app is a jar of one class that leaks a file. */
beforeAll(async () => {
  mkdirSync(bin)
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
  const own = `exec '${process.execPath}' '${cli}' "$@"`
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  program('npx', `while [ "$1" = --yes ]; do shift; done; shift; ${own}`)
  program('npm', `while [ "$1" != -- ]; do shift; done; shift 2; ${own}`)
  program('java', `exec '${jdk.java}' "$@"`)
  const source = join(folder, 'src', 'Orders.java')
  mkdirSync(join(folder, 'src'))
  mkdirSync(join(folder, 'target', 'classes'), { recursive: true })
  cpSync(join(packageRoot, 'test', 'fixtures', 'output', 'refused.txt'), join(folder, 'checkpoint.log'))
  writeFileSync(
    source,
    `import java.io.FileReader;
import java.net.InetSocketAddress;
import com.sun.net.httpserver.HttpServer;
public class Orders {
  static FileReader prices;
  public static void main(String[] arguments) throws Exception {
    prices = new FileReader("checkpoint.log");
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.getInteger("port")), 0);
    server.start();
  }
}
`,
  )
  mkdirSync(join(folder, '.git'))
  const tool = (name: string) => join(jdk.home, 'bin', name)
  const classes = join(folder, 'target', 'classes')
  await execa(tool('javac'), ['-g', '-d', classes, source])
  await execa(tool('jar'), ['cfe', join(folder, 'target', 'orders.jar'), 'Orders', '-C', classes, '.'])
}, 60_000)
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Runs a line as a CI's shell would; only its port is another one, as that of this machine may be in use. */
async function shell(script: string, env: NodeJS.ProcessEnv = {}) {
  const port = await freePort()
  const here = script
    .replaceAll('port=8080', `port=${port}`)
    .replaceAll('java -jar', `java -Dport=${port} -jar`)
  return await execa('bash', ['-euo', 'pipefail', '-c', here], {
    ...{ cwd: folder, reject: false, all: true, extendEnv: false, timeout: 60_000 },
    env: { ...userEnvironment, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...env },
  })
}

test('each CI of the page has a line that is run here', () => {
  expect(snippets).toHaveLength(6)
})

test.for(snippets.map((text) => text.trim()))('%s', { timeout: 90_000 }, async (snippet) => {
  const { exitCode, all } = await shell(snippet)
  expect(exitCode, all).toBe(1)
  const named = [...snippet.matchAll(/--(?:junit|html|sarif|code-quality|report-folder) (\S+)/g)]
  expect(named.length).toBeGreaterThan(0)
  for (const [, path = ''] of named) {
    const written = path === 'preflight-report' ? `${path}/junit.xml` : path
    // Nothing names a path of this machine but the page, which shows the app's command.
    expect(readFileSync(join(folder, written), 'utf8')).toContain(
      snippet.includes(' explain ') ? 'com.acme.Store.load' : 'Orders.java',
    )
    rmSync(join(folder, path), { recursive: true })
  }
})

test('the action writes every report, and annotates the line', { timeout: 90_000 }, async () => {
  const action = readFileSync(join(packageRoot, 'action.yml'), 'utf8')
  expect(action).toContain('run: bash "${{ github.action_path }}/ci/check.sh"')
  const outputs = join(folder, 'outputs')
  const { exitCode, all } = await shell(
    `export PREFLIGHT_ARGUMENTS='${argumentsOf(action)}'; bash '${packageRoot}/ci/check.sh'`,
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: outputs,
    },
  )
  expect(exitCode, all).toBe(1)
  expect(all).toMatch(/^::error file=src\/Orders\.java,line=7,title=/m)
  expect(readFileSync(outputs, 'utf8')).toBe('sarif=preflight-report/preflight.sarif\n')
  for (const name of ['junit.xml', 'preflight.html', 'preflight.sarif', 'report.json', 'app.log'])
    expect(existsSync(join(folder, 'preflight-report', name)), name).toBe(true)
})

/** The page's own arguments of the action. */
function argumentsOf(action: string): string {
  expect(action).toContain('PREFLIGHT_ARGUMENTS: ${{ inputs.arguments }}')
  return /arguments: (.*)/.exec(page)?.[1] ?? ''
}

test('the action takes its arguments as words, and runs nothing of them', async () => {
  const { exitCode, all } = await shell(
    `export PREFLIGHT_ARGUMENTS='--name "a b" --ready "$(touch hacked)" -- java'; bash '${packageRoot}/ci/check.sh'`,
  )
  expect(exitCode).toBe(2)
  expect(all).toContain("--ready can't be")
  expect(existsSync(join(folder, 'hacked'))).toBe(false)
})

test('the template of GitLab is a script that works', { timeout: 90_000 }, async () => {
  const script = /script:\n {4}- (mkdir.*)\n {4}- >\n((?: {6}.*\n)+)/.exec(template)
  const command = (script?.[2] ?? '').split('\n').join(' ')
  const defaults = /PREFLIGHT_ARGUMENTS: (.*)/.exec(template)?.[1] ?? ''
  const { exitCode, all } = await shell(
    `export PREFLIGHT_VERSION=latest PREFLIGHT_ARGUMENTS='${defaults}'; ${script?.[1] ?? 'false'}; ${command}`,
  )
  expect(exitCode, all).toBe(1)
  const issues = JSON.parse(readFileSync(join(folder, 'preflight-report', 'code-quality.json'), 'utf8'))
  expect(issues[0].location).toEqual({ path: 'src/Orders.java', lines: { begin: 7 } })
})
