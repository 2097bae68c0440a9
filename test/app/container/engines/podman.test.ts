import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import { preflight } from '../../../../harness/preflight.js'
import { cli, run } from '../../../cli/command-line.js'
import { bpf } from '../../../support/bpf.js'
import { needing } from '../../../support/capability.js'
import { inventory } from '../../../support/inventory.js'
import { compileJava, fixture } from '../../../support/java.js'
import { openEngine, startPodman } from '../../../support/other-engines.js'

const rootful = await openEngine('podman', startPodman({ rootless: false }))
afterAll(() => rootful.stop())

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

needing(rootful.available)('doctor says that it is Podman, and what confines its containers', async () => {
  const { stdout } = await run(['doctor'], { env: { DOCKER_HOST: rootful.host } })
  expect(stdout).toMatch(
    /^ok +Docker engine +Podman \d\S+, run by root, containers confined by (apparmor, )?(selinux, )?seccomp, cgroups [12], at/m,
  )
  expect(stdout).toMatch(/^ok +security modules +AppArmor (on|off|not there), SELinux /m)
})
