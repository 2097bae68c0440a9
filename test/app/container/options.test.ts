import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { packageRoot } from '../../../harness/host/package-root.js'
import { preflight } from '../../../harness/preflight.js'
import { bootApp as boot } from '../../../harness/run/boot.js'
import { bpf } from '../../support/bpf.js'
import { docker, engine, image, inventory } from '../../support/docker.js'
import { needing } from '../../support/capability.js'

const ready = { log: /^READY/ }
const leaks = (...kinds: string[]) => ['-cp', '/app', 'leaks.Main', ...kinds]
const container = needing(engine, bpf)

/** Two JVMs in one container; it is ready when the second one is. */
const two = {
  image: image('root'),
  command: [
    'sh',
    '-c',
    `java ${leaks('FileInput').join(' ')} >/dev/null & echo WAIT; sleep 1; exec java ${leaks('Listener').join(' ')}`,
  ],
  ready,
}

container(
  'of several JVMs in one container the one with that word in its command line is checked',
  async () => {
    for (const [mainClass, owner] of [
      ['FileInput', 'leaks.FileInput.open'],
      ['Listener', 'leaks.Listener.open'],
    ] as const) {
      const report = await preflight({ ...two, mainClass })
      expect(report.failure).toBe(null)
      expect(report.blockers.map(({ owner }) => owner?.frame.split('(')[0])).toEqual([owner])
    }
  },
)

container('which of several JVMs is meant must be clear, and the error lists them', async () => {
  const before = await inventory()
  const messages = []
  for (const choice of [{}, { mainClass: 'leaks.Main' }, { mainClass: 'nobody' }])
    messages.push((await preflight({ ...two, ...choice })).failure)
  for (const kind of ['FileInput', 'Listener'])
    for (const failure of messages)
      expect(failure).toMatchObject({
        code: 'APP_NOT_JAVA',
        message: expect.stringMatching(new RegExp(`^ +\\d+ {2}java .*leaks\\.Main ${kind}$`, 'm')) as string,
      })
  expect(messages.map((failure) => failure?.message.split('\n')[0])).toEqual([
    expect.stringContaining('has started several JVMs. Name one of them with mainClass'),
    expect.stringContaining('More than one JVM'),
    expect.stringContaining('No JVM'),
  ])
  expect(await inventory()).toEqual(before)
})

container(
  'the container is what the options say, and its ports are reached from this machine only',
  async () => {
    const engine = await docker()
    const odd = mkdtempSync(join(tmpdir(), 'a folder: ünï, '))
    const network = await engine.createNetwork({ Name: `crac-preflight-options-${process.pid}` })
    try {
      const app = await boot({
        image: image('root'),
        command: ['java', ...leaks('FileInput')],
        name: 'options',
        ports: [8080],
        env: { PROFILE: 'test' },
        cwd: '/opt',
        user: '1000',
        binds: [
          { source: packageRoot, target: '/project', mode: 'ro' },
          { source: odd, target: '/a folder', mode: 'ro' },
        ],
        tmpfs: { '/work': 'size=1m' },
        network: network.id,
        networkAliases: ['orders', 'orders-test'],
        labels: { 'com.example.team': 'orders' },
        readOnly: true,
        init: true,
        memory: 256 * 2 ** 20,
        ready: { seconds: 0 },
      }).catch((error: unknown) => error as Error)
      if (app instanceof Error) throw app
      try {
        const filters = { label: ['com.example.team=orders'] }
        const [row] = await engine.listContainers({ filters })
        const { Config, HostConfig, NetworkSettings } = await engine.getContainer(row?.Id ?? '').inspect()
        expect(Config).toMatchObject({ User: '1000', WorkingDir: '/opt' })
        expect(Config.Env).toContain('PROFILE=test')
        expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, Init: true, Memory: 256 * 2 ** 20 })
        expect(HostConfig.Tmpfs).toEqual({ '/work': 'size=1m' })
        expect(HostConfig.Binds).toContain(`${packageRoot}:/project:ro`)
        expect(HostConfig.Mounts).toContainEqual(
          expect.objectContaining({ Source: odd, Target: '/a folder', ReadOnly: true }),
        )
        expect(Object.keys(NetworkSettings.Networks)).toHaveLength(1)
        expect(Object.values(NetworkSettings.Networks)[0]?.Aliases).toEqual(
          expect.arrayContaining(['orders', 'orders-test']),
        )
        expect(NetworkSettings.Ports['8080/tcp']?.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1'])
      } finally {
        await app.stop()
      }
    } finally {
      await network.remove()
    }
  },
)

container('apps at the same time share one tracer', async () => {
  const apps = await Promise.all(
    ['FileInput', 'Listener', 'Watch', 'NioPipe'].map((kind) =>
      boot({ image: image('user'), command: leaks(kind), ready }),
    ),
  )
  try {
    expect(ownTracers()).toHaveLength(1)
  } finally {
    for (const app of apps) await app.stop()
  }
  await expect.poll(ownTracers).toEqual([])
})

container('an engine at a TCP address in DOCKER_HOST is used', async () => {
  const path = (process.env.DOCKER_HOST ?? '').replace('unix://', '')
  const proxy = createServer((client) => {
    const server = connect({ path })
    client.on('error', () => undefined).pipe(server)
    server.on('error', () => undefined).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
  const args = ['check', '--image', image('user'), '--ready', 'log=/READY/', '--', ...leaks('FileInput')]
  const { exitCode, stdout } = await execa(process.execPath, [cli, ...args], {
    env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` },
    reject: false,
  })
  proxy.close()
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('leaks.FileInput.open')])
})

function ownTracers(): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      return /^Name:\s+fdtrace$/m.test(status) && status.includes(`\nPPid:\t${process.pid}\n`)
    } catch {
      return false
    }
  })
}
