import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { GenericContainer, Wait } from 'testcontainers'
import { expect } from 'vitest'
import { withImage } from '../../../harness/app/container/image.js'
import type { ContainerApp } from '../../../harness/app/spec.js'
import { parseFlagNames, PRINT_FLAGS } from '../../../harness/jvm/java.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { preflight } from '../../../harness/preflight.js'
import { bootApp as boot } from '../../../harness/run/boot.js'
import { reportSchema, type Report } from '../../../harness/model/report.js'
import { bpf } from '../../support/bpf.js'
import { compileJava, fixture } from '../../support/java.js'
import { docker, engine, image, inventory } from '../../support/docker.js'
import { needing } from '../../support/capability.js'

const ready = { log: /^READY/ }
const leaks = (...kinds: string[]) => ['-cp', '/app', 'leaks.Main', ...kinds]
const ownersOf = (report: Report) => report.blockers.map(({ owner }) => owner?.frame.split('(')[0]).sort()
const container = needing(engine, bpf)

const places: [string, ContainerApp][] = [
  [
    'a jlinked image without shell, as uid 1000',
    { image: image('user'), command: leaks('FileInput', 'Listener') },
  ],
  ['an image as root', { image: image('root'), command: ['java', ...leaks('FileInput', 'Listener')] }],
  [
    'a read-only root file system with /tmp in memory',
    {
      image: image('user'),
      command: leaks('FileInput', 'Listener'),
      readOnly: true,
      tmpfs: { '/tmp': 'size=16m,mode=1777' },
    },
  ],
  ['an init process', { image: image('user'), command: leaks('FileInput', 'Listener'), init: true }],
  ['a shell script that stays', { image: image('script'), command: ['FileInput', 'Listener'] }],
]

container.for(places)('%s: each blocker has the line that opened it', async ([, app]) => {
  const report = await preflight({ ...app, ready })
  reportSchema.parse(report)
  expect(report.failure).toBe(null)
  expect(report.verdict).toBe('blocked')
  expect(ownersOf(report)).toEqual(['leaks.FileInput.open', 'leaks.Listener.open'])
  expect(report.app).toMatchObject({ kind: 'container', image: app.image })
  expect(report.evidence.tracer).toBe('ebpf')
  expect(report.descriptors.filter(({ verdict }) => verdict === 'unknown')).toEqual([])
})

container('the app sees what it would have seen without the harness', async () => {
  const classes = compileJava('environment', [fixture('java', '17', 'Environment.java')], 17)
  const app = await boot({
    image: image('root'),
    command: ['java', '-cp', '/classes', 'Environment'],
    binds: [{ source: classes, target: '/classes', mode: 'ro' }],
    env: { OWN: 'a b' },
    cwd: '/opt',
    ready,
  })
  try {
    const status = await readStatus(app.pid)
    expect(status).toMatchObject({ SigBlk: '0000000000000000', SigIgn: '0000000000000000' })
    const env = environment(app.output)
    expect(env).toMatchObject({ OWN: 'a b', JAVA_HOME: '/opt/java' })
    expect(Object.keys(env).filter((name) => /LD_PRELOAD|JAVA_.*OPTIONS/.test(name))).toEqual([])
    expect(app.output).not.toContain('Picked up')
  } finally {
    await app.stop()
  }
})

container.for([{ http: 'http://localhost:8080/' }, { port: 8080 }, undefined])(
  'a port of the container is reached from here, and what a warm-up leaves is hung up: ready by %j',
  async (ready) => {
    const classes = compileJava('17', [fixture('java', '17', 'Web.java')], 17)
    let told = ''
    const report = await preflight(
      {
        image: image('user'),
        command: ['-cp', '/classes', 'Web'],
        binds: [{ source: classes, target: '/classes', mode: 'ro' }],
        ports: [8080],
        ...(ready && { ready }),
      },
      {
        warmUp: async (app) => {
          expect(new URL(app.url(8080)).hostname).toBe('127.0.0.1')
          told += await (await fetch(app.url(8080, '/a'))).text()
          // As the app knows it, as it is from here, and by its only port.
          for (const url of ['http://localhost:8080/b', app.url(8080, '/c'), '/d'])
            told += await (await app.fetch(url)).text()
        },
      },
    )
    expect(told).toBe('okokokok')
    expect(report.failure).toBe(null)
    expect(report.blockers.map(({ kind }) => kind)).not.toContain('socket')
    expect(report.blockers.map(({ kind }) => kind)).toContain('listening-socket')
  },
)

container('the JVM of an image tells its flags', async () => {
  const flags = await withImage(image('user'), 'missing', async ({ run }) =>
    parseFlagNames(await run(['/opt/java/bin/java', ...PRINT_FLAGS])),
  )
  expect(flags).toContain('EnableDynamicAgentLoading')
})

container('the command line takes an image', async () => {
  const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
  const run = (...args: string[]) => execa(process.execPath, [cli, 'check', ...args], { reject: false })
  const checked = await run(
    '--image',
    image('user'),
    '--ready',
    'log=READY',
    '--json',
    '-',
    '--',
    ...leaks('FileInput'),
  )
  expect(checked.exitCode).toBe(1)
  expect(reportSchema.parse(JSON.parse(checked.stdout)).app).toMatchObject({
    kind: 'container',
    image: image('user'),
  })
  const none = await run('--image', image('no-java'))
  expect([none.exitCode, none.stdout]).toEqual([3, expect.stringContaining('There is no Java in the image')])
  const usage = await run('--port', '8080', '--', 'java')
  expect([usage.exitCode, usage.stderr]).toEqual([2, expect.stringContaining('--port needs --image')])
})

container('four apps at once do not disturb each other', { timeout: 120_000 }, async () => {
  const before = await inventory()
  const kinds = ['FileInput', 'Listener', 'Watch', 'NioPipe']
  const reports = await Promise.all(
    kinds.map((kind) => preflight({ image: image('user'), command: leaks(kind), ready })),
  )
  expect(reports.map(({ failure }) => failure)).toEqual([null, null, null, null])
  for (const [i, report] of reports.entries())
    expect(new Set(ownersOf(report))).toEqual(new Set([`leaks.${kinds[i]}.open`]))
  expect(await inventory()).toEqual(before)
})

container('a configured container is taken as it is, its own wait included', async () => {
  const configured = new GenericContainer(image('user'))
    .withAutoCleanup(false)
    .withCommand(leaks('FileInput'))
    .withLabels({ own: 'label' })
    .withWaitStrategy(Wait.forLogMessage(/^READY/m))
  const app = await boot({ image: image('user'), container: configured, ready: { seconds: 0.1 } })
  const running = await (await docker()).listContainers({ filters: { label: ['own=label'] } })
  expect(running).toHaveLength(1)
  expect(app.output).toContain('READY')
  await app.stop()
})

container('an app that dies is no verdict, and neither is one that the kernel kills', async () => {
  const before = await inventory()
  const died = await preflight({ image: image('user'), command: ['-version'], ready })
  expect(died.failure?.code).toBe('APP_DIED')
  const memory = 48 * 2 ** 20
  const options = { memory, jdkOptions: ['-Xmx1g', '-Xms1g', '-XX:+AlwaysPreTouch'] }
  const killed = await preflight({ image: image('user'), command: leaks('FileInput'), ready, ...options })
  expect(killed.verdict).toBe('failed')
  expect(killed.failure?.message).toMatch(/137: out of memory/)
  expect(await inventory()).toEqual(before)
})

container.for([
  ['an image that is not there', { image: 'nowhere.invalid/none:1' }, /not there and can't be pulled/],
  ['an image without Java', { image: image('no-java') }, /no Java in the image/],
  [
    'a command that is not there',
    {
      image: image('script'),
      container: new GenericContainer(image('script')).withAutoCleanup(false).withEntrypoint(['/nothing']),
    },
    /The app ended \(127\)/,
  ],
] as [string, ContainerApp, RegExp][])('%s is one clear error', async ([, app, message]) => {
  const before = await inventory()
  const report = await preflight({ ...app, ready })
  expect(report.verdict).toBe('failed')
  expect(report.failure?.message).toMatch(message)
  expect(await inventory()).toEqual(before)
})

container(
  'an engine that goes away is no verdict, and the app ends all the same',
  { timeout: 90_000 },
  async () => {
    const before = await inventory()
    const path = join(mkdtempSync(join(tmpdir(), 'proxy-')), 'docker.sock')
    const engine = (process.env.DOCKER_HOST ?? '').replace('unix://', '')
    const connections = new Set<Socket>()
    const proxy = createServer((client) => {
      const server = connect({ path: engine })
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        connections.add(from)
        from.on('error', () => undefined).pipe(to)
      }
    }).listen(path)
    const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
    const args = [
      'check',
      '--image',
      image('user'),
      '--ready',
      'seconds=30',
      '--json',
      '-',
      '--',
      ...leaks('FileInput'),
    ]
    const check = execa(process.execPath, [cli, ...args], {
      env: { DOCKER_HOST: `unix://${path}` },
      reject: false,
    })
    await expect.poll(() => inventory(), { timeout: 20_000, interval: 100 }).not.toEqual(before)
    await sleep(2500)
    const running = await (await docker()).listContainers({ filters: { ancestor: [image('user')] } })
    proxy.close()
    for (const connection of connections) connection.destroy()
    const { exitCode, stdout } = await check
    expect(exitCode).toBe(3)
    const report = reportSchema.parse(JSON.parse(stdout))
    expect(report.failure?.message).toContain('the Docker engine does not answer')
    expect(running).toHaveLength(1)
    await expect
      .poll(async () => await (await docker()).listContainers({ filters: { ancestor: [image('user')] } }))
      .toEqual([])
    // What an engine that was away still lists is removed by the next check.
    await preflight({ image: image('user'), command: leaks('FileInput'), ready })
    expect(await inventory()).toEqual(before)
  },
)

container('what a killed harness leaves is removed by the next one', { timeout: 120_000 }, async () => {
  const before = await inventory()
  for (const after of [300, 900, 1500]) {
    const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
    const args = ['trace', '--image', image('user'), '--for', '60s', '--', ...leaks('FileInput')]
    const child = spawn(process.execPath, [cli, ...args], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: mkdtempSync(join(tmpdir(), 'killed-')) },
    })
    await sleep(after)
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  const report = await preflight({ image: image('user'), command: leaks('FileInput'), ready })
  expect(report.failure).toBe(null)
  expect(await inventory()).toEqual(before)
})

async function readStatus(pid: number): Promise<Record<string, string>> {
  const text = await readFile(`/proc/${pid}/task/${pid}/status`, 'utf8')
  return Object.fromEntries(text.split('\n').map((line) => line.split(/:\s+/) as [string, string]))
}

/** As the app itself has printed it. */
const environment = (output: string): Record<string, string> =>
  Object.fromEntries(
    [...output.matchAll(/^ENV (.*?)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
