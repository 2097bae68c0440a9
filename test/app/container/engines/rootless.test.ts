import { afterAll, expect } from 'vitest'
import { reportSchema } from '../../../../harness/model/report.js'
import { run } from '../../../cli/command-line.js'
import { needing } from '../../../support/capability.js'
import { openEngine, startPodman, startRootlessDocker } from '../../../support/other-engines.js'

const engines = [
  ['Podman', await openEngine('podman-rootless', startPodman({ rootless: true }))],
  ['Docker', await openEngine('docker-rootless', startRootlessDocker())],
] as const
afterAll(async () => {
  for (const [, engine] of engines) await engine.stop()
})

const leaks = ['-cp', '/app', 'leaks.Main', 'FileInput', 'Listener']

// Each by a process of its own, as testcontainers keeps the first engine that it has found.
for (const [name, engine] of engines)
  needing(engine.available)(
    `a rootless ${name} is observed through a sidecar by the preloaded library, and why not by eBPF is said`,
    { timeout: 120_000 },
    async () => {
      const args = ['check', '--image', engine.image, '--ready', 'log=READY', '--json', '-', '--', ...leaks]
      const { stdout } = await run(args, { env: { DOCKER_HOST: engine.host }, timeoutMs: 100_000 })
      const report = reportSchema.parse(JSON.parse(stdout))
      expect(report).toMatchObject({
        failure: null,
        verdict: 'blocked',
        evidence: { tracer: 'preload', lost: 0 },
      })
      expect(report.blockers.map(({ id }) => id)).toEqual([
        'file:leaks.FileInput.open',
        'listening-socket:leaks.Listener.open',
      ])
      expect(report.evidence.note).toContain(
        'the kernel refuses the eBPF tracer in a user namespace, as a rootless engine has (',
      )
      expect(report.evidence.note).toContain(`as the ${name} engine is rootless`)
      expect(await engine.ask('/containers/json?all=true')).toEqual([])
      const { Volumes } = (await engine.ask('/volumes')) as { Volumes: unknown[] | null }
      expect(Volumes ?? []).toEqual([])
      const doctor = await run(['doctor'], { env: { DOCKER_HOST: engine.host } })
      expect(doctor.stdout).toMatch(new RegExp(`^ok +Docker engine +${name} \\S+, rootless \\(no eBPF`, 'm'))
    },
  )
