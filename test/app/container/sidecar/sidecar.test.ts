import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterEach, expect } from 'vitest'
import { openPlace } from '../../../../harness/app/container/machine.js'
import { openSidecar } from '../../../../harness/app/container/sidecar/sidecar.js'
import { SidecarHost } from '../../../../harness/app/container/sidecar/sidecar-host.js'
import { packageRoot } from '../../../../harness/host/package-root.js'
import { preflight } from '../../../../harness/preflight.js'
import { bootApp as boot } from '../../../../harness/run/boot.js'
import { reportSchema, type Frame, type Report } from '../../../../harness/model/report.js'
import { openWorkshop } from '../../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { bpf } from '../../../support/bpf.js'
import { docker, engine, image } from '../../../support/docker.js'
import { compileJava, fixture } from '../../../support/java.js'
import { elsewhere, namespaces, openSocket } from '../../../support/elsewhere.js'
import { needing } from '../../../support/capability.js'

const container = needing(engine, bpf)
const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
const leaks = ['-cp', '/app', 'leaks.Main', 'FileInput', 'Listener', 'NioPipe']
const ready = { log: /^READY/ }

afterEach(() => {
  delete process.env.CRAC_PREFLIGHT_SIDECAR
})

needing(engine, bpf, namespaces).for([
  ['user', 'ebpf', leaks],
  ['root', 'preload', ['java', ...leaks]],
] as const)(
  'a harness that is an ordinary user on another machine tells the same: image %s, --trace %s',
  { timeout: 120_000 },
  async ([name, trace, command]) => {
    const here = await preflight({ image: image(name), command: [...command], ready }, { trace })
    const engine = await openSocket(process.env.DOCKER_HOST ?? '')
    const args = ['check', '--image', image(name), '--ready', 'log=READY', '--trace', trace, '--json', '-']
    const [program = '', ...rest] = elsewhere([process.execPath, cli, ...args, '--', ...command])
    const checked = await execa(program, rest, { env: { DOCKER_HOST: engine.host }, reject: false })
    engine.close()
    expect(checked.stderr).not.toContain('Error:')
    const there = reportSchema.parse(JSON.parse(checked.stdout))
    expect(there.failure).toBe(null)
    expect(checked.exitCode).toBe(1)
    expect(here.evidence).toMatchObject({ tracer: trace, lost: 0 })
    expect(here.evidence.note).toContain('as root on the Docker engine’s machine')
    expect(there.evidence).toMatchObject({ tracer: trace, lost: 0 })
    expect(there.evidence.note).toContain('through a sidecar container, as this user is not root')
    expect(comparable(there)).toEqual(comparable(here))
    expect(comparable(there).blockers).toHaveLength(3)
    expect(await everything()).toEqual([])
  },
)

needing(engine, namespaces)(
  'a harness that has only the engine’s socket reaches a published port through a tunnel',
  { timeout: 120_000 },
  async () => {
    const engine = await openSocket(process.env.DOCKER_HOST ?? '')
    const classes = compileJava('17', [fixture('java', '17', 'Web.java')], 17)
    const url = 'http://localhost:8080/'
    const it = ['--image', image('user'), '--port', '8080', '--bind', `${classes}:/classes:ro`]
    const asked = ['--trace', 'preload', '--ready', `http=${url}`, '--warm-up', `GET ${url} 200 *20`]
    const args = ['check', ...it, ...asked, '--json', '-', '--', '-cp', '/classes', 'Web']
    const [program = '', ...rest] = elsewhere([process.execPath, cli, ...args])
    const checked = await execa(program, rest, { env: { DOCKER_HOST: engine.host }, reject: false })
    engine.close()
    const report = reportSchema.parse(JSON.parse(checked.stdout))
    expect(report).toMatchObject({ failure: null, verdict: 'blocked' })
    expect(report.timing.warmUpMs).not.toBe(null)
    // The warm-up's own connections have ended with the tunnel's.
    expect(report.blockers.map(({ kind }) => kind)).not.toContain('socket')
    expect(await everything()).toEqual([])
  },
)

container('the sidecar has the capabilities that it needs, and nothing else', async () => {
  process.env.CRAC_PREFLIGHT_SIDECAR = '1'
  const observe = ['CAP_DAC_OVERRIDE', 'CAP_KILL', 'CAP_SYS_PTRACE']
  for (const [trace, more] of [
    ['ebpf', ['CAP_BPF', 'CAP_PERFMON']],
    ['preload', []],
  ] as const) {
    const app = await boot({ image: image('user'), command: leaks, ready }, { trace })
    const [sidecar] = (await containersOf(process.pid)).sidecars
    const { Config, HostConfig, Mounts } = await (await docker()).getContainer(sidecar ?? '').inspect()
    const added = (HostConfig.CapAdd ?? []).map((name: string) =>
      name.startsWith('CAP_') ? name : `CAP_${name}`,
    )
    await app.stop()
    expect(added.sort()).toEqual([...more, ...observe].sort())
    expect(HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      PidMode: 'host',
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      Privileged: false,
      AutoRemove: true,
      SecurityOpt: expect.arrayContaining(['no-new-privileges']),
    })
    expect(Mounts).toEqual([])
    expect(Config.Entrypoint).toEqual(['/sidecar'])
  }
  expect(await everything()).toEqual([])
})

container(
  'apps at once share one sidecar, which ends with the last of them',
  { timeout: 120_000 },
  async () => {
    process.env.CRAC_PREFLIGHT_SIDECAR = '1'
    const apps = await Promise.all(
      ['FileInput', 'Listener', 'NioPipe'].map((kind) =>
        boot({ image: image('user'), command: ['-cp', '/app', 'leaks.Main', kind], ready }),
      ),
    )
    expect((await containersOf(process.pid)).sidecars).toHaveLength(1)
    const owners = await Promise.all(
      apps.map(async (app) => {
        const { entries } = await app.ledger()
        return new Set(entries.flatMap(({ origin }) => origin?.java.map(({ class: name }) => name) ?? []))
      }),
    )
    for (const [i, kind] of ['FileInput', 'Listener', 'NioPipe'].entries())
      expect([...(owners[i] ?? [])].filter((name) => /^leaks\.(?!Main)/.test(name))).toEqual([
        `leaks.${kind}`,
      ])
    for (const app of apps) await app.stop()
    expect(await containersOf(process.pid)).toEqual(nothing)
    expect(await everything()).toEqual([])
  },
)

container('a harness that is killed leaves no sidecar and no running app', { timeout: 120_000 }, async () => {
  const args = ['trace', '--image', image('user'), '--for', '60s', '--', ...leaks]
  for (const after of [0, 700, 1500]) {
    const child = spawn(process.execPath, [cli, ...args], {
      stdio: 'ignore',
      env: {
        ...process.env,
        CRAC_PREFLIGHT_SIDECAR: '1',
        TMPDIR: mkdtempSync(join(tmpdir(), 'killed-')),
      },
    })
    // Counted from where there is something to leave.
    const its = () => containersOf(child.pid)
    await expect.poll(async () => (await its()).sidecars, { timeout: 20_000, interval: 20 }).toHaveLength(1)
    await sleep(after)
    child.kill('SIGKILL')
    await once(child, 'close')
    await expect.poll(its, { timeout: 20_000, interval: 50 }).toEqual(nothing)
  }
  const report = await preflight({ image: image('user'), command: leaks, ready })
  expect(report.failure).toBe(null)
  expect(await everything()).toEqual([])
})

container(
  'an engine that goes away ends sidecar and app, and is no verdict',
  { timeout: 90_000 },
  async () => {
    const engine = await openSocket(process.env.DOCKER_HOST ?? '')
    const args = ['check', '--image', image('user'), '--ready', 'seconds=30', '--json', '-', '--', ...leaks]
    const check = execa(process.execPath, [cli, ...args], {
      env: { DOCKER_HOST: engine.host, CRAC_PREFLIGHT_SIDECAR: '1' },
      reject: false,
    })
    const its = () => containersOf(check.pid)
    await expect.poll(async () => (await its()).apps, { timeout: 20_000, interval: 50 }).toHaveLength(1)
    // It has been released by then, and is waited for.
    await sleep(2000)
    engine.close()
    const { exitCode, stdout } = await check
    expect(exitCode).toBe(3)
    const { failure } = reportSchema.parse(JSON.parse(stdout))
    expect(failure?.message).toContain('the Docker engine does not answer')
    await expect.poll(its, { timeout: 20_000, interval: 50 }).toEqual(nothing)
    await preflight({ image: image('user'), command: leaks, ready })
    expect(await everything()).toEqual([])
  },
)

container('an app whose sidecar has gone is stopped and removed all the same', async () => {
  process.env.CRAC_PREFLIGHT_SIDECAR = '1'
  const app = await boot({ image: image('user'), command: leaks, ready })
  const [sidecar] = (await containersOf(process.pid)).sidecars
  await (await docker()).getContainer(sidecar ?? '').remove({ force: true })
  await expect(app.checkpoint()).rejects.toThrow(/sidecar container has ended/)
  await app.stop()
  expect(await everything()).toEqual([])
})

container(
  'a checkpoint that the app asks for is judged through a sidecar, even where the app ends with it',
  async () => {
    process.env.CRAC_PREFLIGHT_SIDECAR = '1'
    const workshop = openWorkshop()
    chmodSync(dirname(workshop.folder), 0o755)
    try {
      const report = await preflight({
        image: image('user'),
        user: '0',
        command: ['-cp', workshop.jar, 'ApiFail'],
        cwd: workshop.folder,
        binds: [workshop.folder, workshop.jar].map((path) => ({ source: path, target: path })),
        ready: { log: /never/ },
        timeoutMs: 30_000,
      })
      expect(report).toMatchObject({ failure: null, verdict: 'blocked', engine: { name: 'rehearsal' } })
      expect(report.blockers).toHaveLength(1)
      expect(report.blockers[0]).toMatchObject({ kind: 'file', findings: [{ message: 'data.txt' }] })
    } finally {
      workshop.remove()
    }
  },
)

container('what the sidecar reads is the app’s, wherever links lead', async () => {
  process.env.CRAC_PREFLIGHT_SIDECAR = '1'
  const folder = mkdtempSync(join(tmpdir(), 'linked-'))
  const app = join(folder, 'app')
  mkdirSync(app)
  writeFileSync(join(app, 'own'), 'own')
  writeFileSync(join(folder, 'secret'), 'secret')
  symlinkSync('/etc/passwd', join(app, 'absolute'))
  symlinkSync('../secret', join(app, 'upwards'))
  symlinkSync('/own', join(app, 'inside'))
  const child = spawn('sleep', ['60'])
  const sidecar = await openSidecar(await docker(), false)
  const host = new SidecarHost(sidecar.connection, folder)
  try {
    await host.adopt(child.pid ?? 0, app)
    const read = (name: string) => host.readText(join(folder, name)).catch((error: unknown) => error)
    expect(await read('own')).toBe('own')
    expect(await read('inside')).toBe('own')
    for (const name of ['absolute', 'upwards']) expect(await read(name)).toMatchObject({ code: 'ENOENT' })
    for (const path of ['/etc/passwd', '/sidecar', '@99/own', 'proc/1/status'])
      expect(await host.readText(path).catch((error: unknown) => error)).toMatchObject({ code: 'EACCES' })
    await expect(host.kill(1, 0)).rejects.toMatchObject({ code: 'EPERM' })
    await host.unlink(join(folder, 'own'))
    expect(existsSync(join(app, 'own'))).toBe(false)
  } finally {
    await host.forget()
    await sidecar.close()
    // Forgotten, it outlives the sidecar.
    expect(child.exitCode).toBe(null)
    child.kill()
  }
})

container('an adopted app ends with the sidecar', async () => {
  const child = spawn('sleep', ['60'])
  const ended = once(child, 'close')
  const sidecar = await openSidecar(await docker(), false)
  await new SidecarHost(sidecar.connection, '/nowhere').adopt(child.pid ?? 0, '/tmp')
  await sidecar.close()
  expect((await ended)[1]).toBe('SIGKILL')
})

container('the variable that chooses has two values', async () => {
  process.env.CRAC_PREFLIGHT_SIDECAR = 'perhaps'
  await expect(openPlace('/nowhere', false)).rejects.toThrow(/can't be "perhaps"/)
  process.env.CRAC_PREFLIGHT_SIDECAR = '0'
  const place = await openPlace('/nowhere', false)
  expect(place.told).toContain('as root')
  await place.close()
})

/** What two harnesses must agree in: all but numbers, addresses, and times. */
function comparable(report: Report) {
  const steady = (text: string) =>
    text.replace(/Lambda[$/.0-9a-fx+]*/g, 'Lambda').replace(/\/leaks\d+/g, '/leaks')
  const lines = (frames: Frame[]) => frames.map((each) => `${each.class}.${each.method}:${each.line ?? ''}`)
  const { verdict, jvm, engine, blockers, descriptors, app } = report
  return {
    verdict,
    jvm,
    app: { ...app, pid: 0 },
    engine: [engine.name, engine.cracVersion, engine.note],
    blockers: blockers.map(({ id, kind, owner, findings, remedy }) => ({
      id,
      kind,
      owner,
      remedy: steady(JSON.stringify(remedy)),
      findings: findings.map(({ type }) => type),
    })),
    descriptors: descriptors
      .map(({ kind, verdict, rule, missing, origin, bound, listened }) =>
        steady(
          JSON.stringify({
            kind,
            verdict,
            rule,
            missing,
            made: origin && [origin.syscall, origin.thread, lines(origin.java), origin.native],
            bound: bound && lines(bound.java),
            listened: listened && lines(listened.java),
          }),
        ),
      )
      .sort(),
  }
}

const LABEL = 'crac-preflight.harness'
/** The harnesses of this test, by pid: itself, and those that it has started. */
const harnesses = [process.pid]

/** What a harness has running at the engine: sidecars, and containers with its app. */
async function containersOf(harness: number | undefined): Promise<{ sidecars: string[]; apps: string[] }> {
  if (harness !== undefined) harnesses.push(harness)
  const its = (await (await docker()).listContainers()).filter(({ Labels }) => pidIn(Labels) === harness)
  const isSidecar = ({ Image }: { Image: string }) => Image.startsWith('crac-preflight/sidecar')
  return {
    sidecars: its.filter(isSidecar).map(({ Id }) => Id),
    apps: its.filter((each) => !isSidecar(each)).map(({ Id }) => Id),
  }
}

const nothing = { sidecars: [], apps: [] }

/** Containers, volumes and helper images of this test's harnesses: nothing may stay. */
async function everything(): Promise<string[]> {
  const engine = await docker()
  const containers = await engine.listContainers({ all: true })
  const { Volumes } = (await engine.listVolumes()) as { Volumes: { Name: string; Labels: Labels }[] | null }
  const tags = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])
  return [
    ...containers.filter(({ Labels }) => isOurs(Labels)).map(({ Id }) => `container ${Id}`),
    ...(Volumes ?? []).filter(({ Labels }) => isOurs(Labels)).map(({ Name }) => `volume ${Name}`),
    ...tags.filter((tag) => tag.startsWith('crac-preflight/')),
  ]
}

type Labels = Record<string, string> | null

/** Of this test's harnesses, or of one in a pid namespace of its own. */
function isOurs(labels: Labels): boolean {
  const label = labels?.[LABEL]
  if (label === undefined) return false
  return !label.includes(`/${readlinkSync('/proc/self/ns/pid')}/`) || harnesses.includes(pidIn(labels) ?? 0)
}

function pidIn(labels: Labels): number | undefined {
  const pid = /\/(\d+)\/\d+$/.exec(labels?.[LABEL] ?? '')?.[1]
  return pid === undefined ? undefined : Number(pid)
}
