import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageRoot } from '../../harness/host/package-root.js'
import { reportSchema } from '../../harness/model/report.js'
import { reportsSchema } from '../../reports/json.js'
import { compileJava, fixture, jdk } from '../support/java.js'
import { run } from './command-line.js'

const waits = compileJava('hold', [fixture('java/17/Waits.java')], 17)
const leaks = join(packageRoot, 'scenarios', 'leaks', 'target', 'classes')
const folder = mkdtempSync(join(tmpdir(), 'check-services-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const java = (...args: string[]) => JSON.stringify([jdk.java, '-cp', `${waits}:${leaks}`, ...args])
const file = join(folder, 'crac-preflight.yaml')
writeFileSync(
  file,
  `defaults: { ready: { log: READY }, trace: preload }
apps:
  clean:
    command: ${java('Waits')}
    warm-up:
      - run: echo "$CRAC_PREFLIGHT_APP $CRAC_PREFLIGHT_PID" > warmed.txt
  leaky: { command: ${java('leaks.Main', 'FileInput', 'Listener')} }
  known: { command: ${java('leaks.Main', 'FileInput')}, expect: { blocked-by: ['file:leaks.FileInput'] } }
  dead: { command: ${java('NoSuchClass')} }
jobs: 2
baseline: baseline.yaml
outputs: { html: out/page.html, annotations: github }
`,
)
writeFileSync(join(folder, 'baseline.yaml'), '{}')
const check = (...args: string[]) => run(['check', '--file', file, ...args])
const json = (path: string) => reportsSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).reports

test(
  'every app of a file is checked, every output is one of all, and the exit code is that of the worst',
  { timeout: 120_000 },
  async () => {
    const reports = join(folder, 'reports')
    const { code, stdout, stderr } = await check(
      '--report-folder',
      reports,
      '--json',
      join(folder, 'all.json'),
    )
    expect(code).toBe(3)
    expect(json(join(folder, 'all.json')).map(({ scenario, verdict }) => `${scenario} ${verdict}`)).toEqual([
      'clean checkpointable',
      'leaky blocked',
      'known blocked',
      'dead failed',
    ])
    expect(stdout).toMatch(
      /^✔ checkpointable {2}clean .*\n✘ blocked {9}leaky {2}2 to mend .*\n✔ accepted {8}known {2}0 new, 1 accepted .*\n\? failed {10}dead {3}APP_.*\n4 apps: 1 checkpointable, 1 blocked, 1 accepted, 1 failed$/m,
    )
    expect(stdout).toMatch(/^ {2}accept +--accept file:leaks\.FileInput\.open$/m)
    expect(stdout).toMatch(/^ {2}accepted +file:leaks\.FileInput\.open \(file /m)
    expect(stdout.match(/^::error /gm)).toHaveLength(3)
    // One plain line a phase, nothing of a terminal.
    expect(stderr).toMatch(/^crac-preflight: clean: boot: \d+\.\d s$/m)
    expect(stderr).not.toContain('\r')
    const [, pid] = readFileSync(join(folder, 'warmed.txt'), 'utf8').split(' ')
    expect(Number(pid)).toBe(json(join(folder, 'all.json'))[0]?.app.pid)
    expect(readdirSync(reports).sort()).toEqual([
      'clean',
      'dead',
      'junit.xml',
      'known',
      'leaky',
      'reports.json',
    ])
    expect(readFileSync(join(reports, 'leaky', 'app.log'), 'utf8')).toContain('READY')
    const xml = readFileSync(join(reports, 'junit.xml'), 'utf8')
    expect(xml.match(/<testsuite /g)).toHaveLength(4)
    expect(xml).toContain('[[ATTACHMENT|leaky/app.log]]')
    expect(readFileSync(join(folder, 'out', 'page.html'), 'utf8')).toContain('leaks.Listener.open')
  },
)

test('what several machines have written becomes one report, and every output of it', async () => {
  const [one, two] = [join(folder, 'one.json'), join(folder, 'two.json')]
  await Promise.all([
    check('clean', '--json', one),
    run([
      'check',
      '--name',
      'alone',
      '--trace',
      'none',
      '--ready',
      'log=/READY/',
      '--json',
      two,
      '--',
      ...(JSON.parse(java('leaks.Main', 'FileInput')) as string[]),
    ]),
  ])
  const files = ['json', 'junit', 'html'].map((kind) => [`--${kind}`, join(folder, `merged.${kind}`)])
  const { code, stdout } = await run(['merge', one, two, ...files.flat()])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^2 apps: 1 checkpointable, 1 blocked$/m)
  expect(json(join(folder, 'merged.json'))).toEqual([
    ...json(one),
    reportSchema.parse(JSON.parse(readFileSync(two, 'utf8'))),
  ])
  expect(readFileSync(join(folder, 'merged.junit'), 'utf8').match(/<testsuite /g)).toHaveLength(2)
  expect(readFileSync(join(folder, 'merged.html'), 'utf8')).toContain('alone')
  const twice = await run(['merge', one, one])
  expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('two answers to one question')])
  const alien = await run(['merge', join(packageRoot, 'package.json')])
  expect([alien.code, alien.stderr]).toEqual([2, expect.stringContaining('is no report')])
})

test(
  'a baseline is written, then only what is new fails, and what is gone where it is asked for',
  { timeout: 120_000 },
  async () => {
    rmSync(join(folder, 'baseline.yaml'), { force: true })
    const missing = await check('leaky')
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--update-baseline')])
    const written = await check('leaky', '--update-baseline')
    expect(written.code).toBe(0)
    expect(written.stderr).toMatch(/baseline\.yaml: 2 blockers added, 0 removed$/m)
    const baseline = readFileSync(join(folder, 'baseline.yaml'), 'utf8')
    expect(baseline).toMatch(
      /^leaky:\n {2}- file:leaks\.FileInput\.open # file .*\n {2}- listening-socket:leaks\.Listener\.open # /m,
    )
    // One is not accepted any more, another one is gone.
    writeFileSync(join(folder, 'baseline.yaml'), 'leaky: [file:leaks.FileInput, file:leaks.Gone]\n')
    const once = await check('leaky', '--quiet')
    expect(once.code).toBe(1)
    expect(once.stdout).toMatch(
      /^✘ BLOCKED {2}leaky: 1 new blocker, 1 accepted, 1 accepted blocker gone\n {2}listening socket .* ◀ leaks\.Listener\.open/,
    )
    expect(once.stderr).toBe('')
    expect((await check('leaky', '--accept', 'listening-socket:*')).code).toBe(0)
    const strict = await check('leaky', '--accept', 'listening-socket:*', '--strict')
    expect(strict.code).toBe(1)
    expect(strict.stdout).toMatch(/^ {2}gone +file:leaks\.Gone: accepted, and no blocker is it any more$/m)
  },
)

test('what the command line says wins over the file', async () => {
  const { code, stdout } = await check('clean', '--ready', 'log=/NEVER/', '--timeout', '3', '--json', '-')
  expect(code).toBe(3)
  expect(stdout).toContain('a line that matches /NEVER/')
})

test('a warm-up has methods, headers and bodies, and a command of its own', async () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => {
      seen.push(
        `${request.method ?? ''} ${request.url ?? ''} ${request.headers['content-type'] ?? ''} ${body}`,
      )
      response.statusCode = request.url === '/login' ? 302 : 200
      response.end()
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as { port: number }).port)
    })
  })
  const base = `http://127.0.0.1:${port}`
  const own = join(folder, 'warm.yaml')
  writeFileSync(
    own,
    `apps:
  clean:
    command: ${java('Waits')}
    ready: { log: READY }
    trace: none
    warm-up:
      - GET ${base}/line *2
      - { url: ${base}/login, method: POST, body: user=anna, expect: 302 }
      - { url: ${base}/order, json: { item: book }, repeat: 2 }
      - run: [sh, -c, 'echo told >&2; exit 7']
`,
  )
  const { code, stdout } = await run(['check', '--file', own])
  server.close()
  // After a rehearsal that passed the warm-up would come again: this one failed.
  expect(code).toBe(3)
  expect(seen).toEqual([
    'GET /line  ',
    'GET /line  ',
    'POST /login text/plain;charset=UTF-8 user=anna',
    'POST /order application/json {"item":"book"}',
    'POST /order application/json {"item":"book"}',
  ])
  expect(stdout).toMatch(/WARM_UP_FAILED/)
  expect(stdout).toMatch(/ended with exit code 7, and printed:\s+told/)
})

test('init writes a file once, and without anything to find it says so', async () => {
  const project = mkdtempSync(join(folder, 'project-'))
  const init = () => run(['init'], { through: ['env', '-C', project] })
  const nothing = await init()
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('There is no pom.xml')])
  expect(existsSync(join(project, 'crac-preflight.yaml'))).toBe(false)
  writeFileSync(
    join(project, 'pom.xml'),
    '<project><artifactId>orders</artifactId><version>1</version></project>',
  )
  expect(await init()).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('orders: java -jar target/orders-1.jar') as unknown,
  })
  const text = readFileSync(join(project, 'crac-preflight.yaml'), 'utf8')
  const again = await init()
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is not overwritten')])
  expect(readFileSync(join(project, 'crac-preflight.yaml'), 'utf8')).toBe(text)
})
