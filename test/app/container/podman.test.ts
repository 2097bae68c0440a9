import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import { reportSchema } from '../../../harness/model/report.js'
import { preflight } from '../../../harness/preflight.js'
import { cli, run } from '../../cli/command-line.js'
import { bpf } from '../../support/bpf.js'
import { needing } from '../../support/capability.js'
import { inventory } from '../../support/inventory.js'
import { compileJava, fixture } from '../../support/java.js'
import { openPodman } from '../../support/podman.js'

const rootful = await openPodman('podman', { rootless: false })
const rootless = await openPodman('podman-rootless', { rootless: true })
afterAll(async () => {
  await rootful.stop()
  await rootless.stop()
})

const before = process.env.DOCKER_HOST
beforeEach(() => {
  process.env.DOCKER_HOST = rootful.host
})
afterEach(() => {
  delete process.env.CRAC_PREFLIGHT_SIDECAR
  if (before === undefined) delete process.env.DOCKER_HOST
  else process.env.DOCKER_HOST = before
})

const leaks = ['-cp', '/app', 'leaks.Main', 'FileInput', 'Listener']
const ready = { log: /^READY/ }
const ids = ['file:leaks.FileInput.open', 'listening-socket:leaks.Listener.open']

needing(rootful.available, bpf).for([
  [
    'from outside',
    '0',
    'the app is observed from outside its container, as root on the Podman engine’s machine',
  ],
  [
    'through a sidecar',
    '1',
    'the app is observed through a sidecar container, as CRAC_PREFLIGHT_SIDECAR=1 asks',
  ],
] as const)(
  'an app in a container of Podman’s is observed %s, by eBPF',
  { timeout: 90_000 },
  async ([, sidecar, told]) => {
    process.env.CRAC_PREFLIGHT_SIDECAR = sidecar
    const report = await preflight({ image: rootful.image, command: leaks, ready }, { trace: 'ebpf' })
    expect(report).toMatchObject({ failure: null, verdict: 'blocked', evidence: { tracer: 'ebpf', lost: 0 } })
    expect(report.evidence.note).toContain(told)
    expect(report.blockers.map(({ id }) => id)).toEqual(ids)
    expect(await inventory()).toEqual([])
  },
)

needing(rootful.available)(
  'ports, mounts, an init and a read-only root are Podman’s as they are Docker’s',
  { timeout: 90_000 },
  async () => {
    const classes = compileJava('17', [fixture('java', '17', 'Web.java')], 17)
    const url = 'http://localhost:8080/'
    const report = await preflight(
      {
        image: rootful.image,
        command: ['-cp', '/classes', 'Web'],
        ports: [8080],
        binds: [{ source: classes, target: '/classes', mode: 'ro' }],
        tmpfs: { '/tmp': '' },
        init: true,
        readOnly: true,
        ready: { http: url },
      },
      { trace: 'preload' },
    )
    expect(report).toMatchObject({
      failure: null,
      verdict: 'blocked',
      evidence: { tracer: 'preload', lost: 0 },
    })
    expect(report.blockers.map(({ owner }) => owner?.frame)).toContain('Web.main(Web.java:7)')
    expect(await inventory()).toEqual([])
  },
)

needing(rootful.available)(
  'a harness that is killed leaves nothing in Podman',
  { timeout: 90_000 },
  async () => {
    const args = ['check', '--image', rootful.image, '--ready', 'seconds=60', '--', ...leaks]
    const env = { ...process.env, TMPDIR: mkdtempSync(join(tmpdir(), 'killed-')) }
    const child = spawn(process.execPath, [cli, ...args], { env, stdio: 'ignore' })
    await expect.poll(inventory, { timeout: 40_000 }).not.toEqual([])
    child.kill('SIGKILL')
    await once(child, 'close')
    await expect.poll(inventory, { timeout: 40_000 }).toEqual([])
  },
)

needing(rootless.available)(
  'a rootless Podman is observed through a sidecar by the preloaded library, and why not by eBPF is said',
  { timeout: 120_000 },
  async () => {
    // Testcontainers keeps the first engine of a process.
    const args = ['check', '--image', rootless.image, '--ready', 'log=READY', '--json', '-', '--', ...leaks]
    const { stdout } = await run(args, { env: { DOCKER_HOST: rootless.host }, timeoutMs: 100_000 })
    const report = reportSchema.parse(JSON.parse(stdout))
    expect(report).toMatchObject({
      failure: null,
      verdict: 'blocked',
      evidence: { tracer: 'preload', lost: 0 },
    })
    expect(report.blockers.map(({ id }) => id)).toEqual(ids)
    expect(report.evidence.note).toMatch(
      /the kernel refuses the eBPF tracer in a user namespace, as a rootless engine has \(.*as the Podman engine is rootless/,
    )
    expect(await rootless.ask('/containers/json?all=true')).toEqual([])
    expect(await rootless.ask('/volumes')).toMatchObject({ Volumes: [] })
  },
)

for (const podman of [rootful, rootless])
  needing(podman.available)(`doctor says what engine it is: ${podman.available.name}`, async () => {
    const { stdout } = await run(['doctor'], { env: { DOCKER_HOST: podman.host } })
    expect(stdout).toContain(
      podman === rootless ? ', rootless (no eBPF: preload, through a sidecar), ' : ', run by root, ',
    )
    expect(stdout).toMatch(
      /^ok +Docker engine +Podman \d\S+, .*containers confined by seccomp, cgroups [12], at/m,
    )
    expect(stdout).toMatch(/^ok +security modules +AppArmor (on|off|not there), SELinux /m)
  })
