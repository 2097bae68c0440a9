import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromEngine } from '../../../harness/app/container/engine.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { reportSchema } from '../../../harness/model/report.js'
import { bpf } from '../../support/bpf.js'
import { docker, engine, image, inventory } from '../../support/docker.js'
import { compileJava, fixture, jdk } from '../../support/java.js'
import { copyImage, ownEngine, startOwnEngine } from '../../support/own-engine.js'
import { capability, needing, root } from '../../support/capability.js'

const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
const leaks = ['-cp', '/app', 'leaks.Main', 'FileInput']
const container = needing(engine, bpf)
const asRoot = needing(root)

const folder = mkdtempSync(join(tmpdir(), 'bad-input-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

interface Outcome {
  exitCode: number | undefined
  failure: { code: string; message: string } | null
}

/** A check with a temporary folder of its own, which is empty afterwards. */
async function check(
  args: string[],
  { env = {}, before = [] }: { env?: NodeJS.ProcessEnv; before?: string[] } = {},
): Promise<Outcome> {
  const own = env.TMPDIR ?? mkdtempSync(join(folder, 'check-'))
  chmodSync(own, 0o777)
  const kept = readdirSync(own)
  const [program = '', ...rest] = [...before, process.execPath, cli, 'check', '--json', '-', ...args]
  const { exitCode, stdout, stderr } = await execa(program, rest, {
    env: { ...env, TMPDIR: own },
    reject: false,
  })
  expect(readdirSync(own)).toEqual(kept)
  if (stdout === '') throw new Error(`exit code ${exitCode}, no report: ${stderr}`)
  return { exitCode, failure: reportSchema.parse(JSON.parse(stdout)).failure }
}

const failed = (message: RegExp, code = 'APP_NOT_STARTED'): unknown => ({
  exitCode: 3,
  failure: { code, message: expect.stringMatching(message) as string },
})

test('without a Docker engine the error says so, and what to do', async () => {
  const args = ['--image', 'any']
  expect(await check(args, { env: { DOCKER_HOST: 'unix:///no/such/docker.sock' } })).toEqual(
    failed(/^There is no Docker engine: unix:\/\/\/no\/such\/docker\.sock is not there\. Start one/),
  )
  const server = createServer((client) => client.end('no HTTP\n')).listen(join(folder, 'other.sock'))
  expect(await check(args, { env: { DOCKER_HOST: `unix://${join(folder, 'other.sock')}` } })).toEqual(
    failed(/^The Docker engine at .* can't be used: Parse Error: .*\. See that it runs/),
  )
  server.close()
})

test('why an engine can’t be used is told', async () => {
  const refusing = createHttpServer((_request, response) => {
    response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"no storage driver"}')
  }).listen(join(folder, 'refusing.sock'))
  for (const [host, message] of [
    [`unix://${join(folder, 'refusing.sock')}`, /can't be used: .*no storage driver\. See/],
    ['tcp://127.0.0.1:1', /can't be used: connect ECONNREFUSED 127\.0\.0\.1:1\. See/],
    [
      'ssh://me@127.0.0.1:1',
      /^The engine's machine can't be reached over ssh \(ssh:\/\/me@127\.0\.0\.1:1\): .*Connection refused\. See that ssh to 127/,
    ],
  ] as const)
    expect(await check(['--image', 'any'], { env: { DOCKER_HOST: host } })).toEqual(failed(message))
  const tls = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/no/such' }
  expect(await check(['--image', 'any'], { env: tls })).toEqual(
    failed(/can't be used: ENOENT: .*\/no\/such\/ca\.pem'\. See/),
  )
  refusing.close()
})

test('a file that is not there is not taken for an engine that has gone', async () => {
  const caught = (error: unknown): unknown => error
  const file = await readFile('/proc/0/status').catch(caught)
  expect(fromEngine(file)).toBe(file)
  const [socket] = await once(connect(join(folder, 'none.sock')), 'error').catch((error: unknown) => [error])
  expect(fromEngine(socket)).toMatchObject({
    message: expect.stringMatching(/^The Docker engine does not answer any more \(connect ENOENT/) as string,
  })
})

asRoot('a user who may not use the engine’s socket learns which group to join', async (context) => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  if (spawnSync('setpriv', [...nobody.slice(1), process.execPath, cli, '--version']).status !== 0)
    return context.skip('an ordinary user can’t reach this checkout')
  const path = join(folder, 'private.sock')
  const server = createServer().listen(path)
  chmodSync(folder, 0o755)
  chmodSync(path, 0o600)
  expect(await check(['--image', 'any'], { env: { DOCKER_HOST: `unix://${path}` }, before: nobody })).toEqual(
    failed(/may not be used by this user\. Join the group that owns the socket/),
  )
  server.close()
})

container('an image of another architecture is refused before anything runs', async () => {
  const before = await inventory()
  const engine = await docker()
  const other = process.arch === 'x64' ? 'arm64' : 'amd64'
  const root = join(folder, 'root')
  mkdirSync(root)
  writeFileSync(join(root, 'java'), '')
  spawnSync('tar', ['-C', root, '-cf', join(folder, 'root.tar'), '.'])
  const name = 'crac-preflight-test/other'
  const stream = await engine.importImage(join(folder, 'root.tar'), {
    repo: name,
    tag: 'latest',
    platform: `linux/${other}`,
  })
  await text(stream)
  try {
    expect(await check(['--image', name])).toEqual(
      failed(
        new RegExp(
          `The image ${name} is made for ${other}, this machine is .*Build the image for this machine`,
        ),
      ),
    )
  } finally {
    await engine.getImage(name).remove()
  }
  expect(await inventory()).toEqual(before)
})

container('what is wrong with an image or its app is one error, with exit code 3', async () => {
  const before = await inventory()
  expect(await check(['--image', 'nowhere.invalid/none:1'])).toEqual(failed(/not there and can't be pulled/))
  expect(await check(['--image', image('no-java')])).toEqual(failed(/no Java in the image/, 'APP_NOT_JAVA'))
  const args = ['--image', image('user'), '--ready', 'log=/READY/']
  expect(await check([...args, '--', '-version'])).toEqual(failed(/^The app ended \(0\)/, 'APP_DIED'))
  const large = [
    '--memory',
    '48m',
    '--jdk-option=-Xmx1g',
    '--jdk-option=-Xms1g',
    '--jdk-option=-XX:+AlwaysPreTouch',
  ]
  expect(await check([...args, ...large, '--', ...leaks])).toEqual(
    failed(/^The app ended \(137: out of memory, killed by the kernel\)/, 'APP_DIED'),
  )
  expect(await inventory()).toEqual(before)
})

container('an engine that goes away before the app runs is one error', async () => {
  const before = await inventory()
  const path = join(folder, 'dying.sock')
  const connections = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect({ path: (process.env.DOCKER_HOST ?? '').replace('unix://', '') })
    for (const each of [client, server]) connections.add(each.on('error', () => undefined))
    server.pipe(client)
    client.on('data', (bytes: Buffer) => {
      if (!bytes.includes('/containers/create')) return void server.write(bytes)
      proxy.close()
      for (const each of connections) each.destroy()
    })
  }).listen(path)
  const args = ['--image', image('user'), '--', ...leaks]
  expect(await check(args, { env: { DOCKER_HOST: `unix://${path}` } })).toEqual(
    failed(/^The Docker engine does not answer any more|can be made of the image .*(ECONNRE|hang up)/),
  )
  expect(await inventory()).toEqual(before)
})

const disk = join(folder, 'disk')
const mounts = capability(
  'mounts',
  process.getuid?.() === 0 && spawnSync('mount', ['--help']).status === 0,
  'only root can mount',
)
beforeAll(() => {
  mkdirSync(disk)
})

needing(mounts)('a full disk is told as such, before the app is ready and after', async () => {
  const classes = compileJava('chatty', [fixture('java', '17', 'Chatty.java')], 17)
  const chatty = (...kilobytes: string[]) => ['-cp', classes, 'Chatty', ...kilobytes]
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
  try {
    const full = failed(/^Only \d+ kB are left on the disk of .*Make room, or set TMPDIR/, 'NO_SPACE')
    const env = { TMPDIR: disk }
    const local = ['--ready', 'log=/READY/', '--', jdk.java]
    expect(await check([...local, ...chatty('8000', '0')], { env })).toEqual(full)
    expect(await check([...local, ...chatty('0', '8000')], { env })).toEqual(full)
    if (engine.refusal === null && bpf.refusal === null) {
      const before = await inventory()
      const args = [
        '--image',
        image('user'),
        '--bind',
        `${classes}:${classes}:ro`,
        '--ready',
        'log=/READY/',
        '--',
      ]
      expect(await check([...args, ...chatty('8000', '0')], { env })).toEqual(full)
      expect(await inventory()).toEqual(before)
    }
  } finally {
    spawnSync('umount', ['--lazy', disk])
  }
})

needing(engine, bpf, ownEngine)(
  'an engine whose disk is full, and one that is killed while the app runs, are one error each',
  { timeout: 120_000 },
  async () => {
    const engine = await startOwnEngine('400m')
    try {
      await copyImage(image('user'), process.env.DOCKER_HOST ?? '', engine.host)
      const env = { DOCKER_HOST: engine.host }
      const filler = join(engine.disk, 'filler')
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'])
      expect(
        await check(['--image', image('user'), '--ready', 'log=/READY/', '--', ...leaks], { env }),
      ).toEqual(failed(/No container can be made of the image .*no space left on device/))
      rmSync(filler)
      const running = check(['--image', image('user'), '--ready', 'seconds=60', '--', ...leaks], { env })
      await expect.poll(javas, { timeout: 20_000 }).toHaveLength(1)
      await sleep(1000)
      await engine.kill()
      expect(await running).toEqual(failed(/the Docker engine does not answer/, 'APP_DIED'))
      expect(javas()).toEqual([])
    } finally {
      await engine.remove()
    }
  },
)

/** The app's JVM, started by any process. */
function javas(): string[] {
  return spawnSync('pgrep', ['-f', '^[^ ]*java .*leaks.Main FileInput'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean)
}
