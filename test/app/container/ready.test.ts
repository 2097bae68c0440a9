import { afterEach, expect, vi } from 'vitest'
import { preflight } from '../../../harness/preflight.js'
import { bootApp as boot } from '../../../harness/run/boot.js'
import { bpf } from '../../support/bpf.js'
import { docker, engine, image } from '../../support/docker.js'
import { compileJava, fixture } from '../../support/java.js'
import { needing } from '../../support/capability.js'

const classes = compileJava('17', [fixture('java', '17', 'Web.java')], 17)

afterEach(() => {
  vi.unstubAllEnvs()
})

needing(engine, bpf).for([
  ['from the host', '0'],
  ['through a sidecar', '1'],
] as const)(
  'a port of another container in the same network namespace makes no app ready: %s',
  async ([, sidecar]) => {
    vi.stubEnv('CRAC_PREFLIGHT_SIDECAR', sidecar)
    const labels = { 'com.example.test': `neighbour-${process.pid}-${sidecar}` }
    const neighbour = await boot({
      image: image('user'),
      command: ['-cp', '/classes', 'Web'],
      binds: [{ source: classes, target: '/classes', mode: 'ro' }],
      labels,
      ready: { port: 8080 },
    })
    try {
      const filters = { label: Object.entries(labels).map((label) => label.join('=')) }
      const [row] = await (await docker()).listContainers({ filters })
      const { failure } = await preflight({
        image: image('user'),
        command: ['-cp', '/app', 'leaks.Main', 'FileInput'],
        network: `container:${row?.Id ?? ''}`,
        ready: { port: 8080 },
        timeoutMs: 4000,
      })
      const message: unknown = expect.stringContaining('one of its own processes to listen on port 8080')
      expect(failure).toMatchObject({ code: 'APP_NOT_READY', message })
    } finally {
      await neighbour.stop()
    }
  },
)
