/** The preloaded library in containers that give an app as little as they can. */
import { mkdtempSync, chmodSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GenericContainer } from 'testcontainers'
import { expect } from 'vitest'
import type { ContainerApp } from '../../../harness/app/spec.js'
import { preflight } from '../../../harness/preflight.js'
import { formatFrame } from '../../../harness/model/report.js'
import { engine, hasImage, image } from '../../support/docker.js'
import { capability, needing } from '../../support/capability.js'

const container = needing(engine)
const leaks = ['-cp', '/app', 'leaks.Main', 'FileInput', 'Listener', 'Watch']

const bare = new GenericContainer(image('user'))
  .withAutoCleanup(false)
  .withDroppedCapabilities('ALL')
  .withSecurityOpt('no-new-privileges')

function volume(): string {
  const folder = mkdtempSync(join(tmpdir(), 'volume-'))
  chmodSync(folder, 0o777)
  return folder
}

const places: [string, ContainerApp][] = [
  [
    'all capabilities dropped, no-new-privileges, uid 1000',
    { image: image('user'), container: bare, command: leaks },
  ],
  [
    'the same on a read-only root file system, with a volume',
    {
      image: image('user'),
      container: bare,
      command: leaks,
      readOnly: true,
      binds: [{ source: volume(), target: '/tmp', mode: 'rw' }],
    },
  ],
  [
    'a shell script and JAVA_TOOL_OPTIONS of the image’s own',
    {
      image: image('script'),
      command: ['FileInput', 'Listener', 'Watch'],
      env: { JAVA_TOOL_OPTIONS: '-Xmx64m -Down="a b"' },
    },
  ],
]

container.for(places)('%s: the Java lines are those of any other place', ([, app]) => sameLines(app))

/** Images that have a JVM for another C library than this machine's. */
for (const name of ['musl', 'debian-11'] as const)
  needing(engine, capability(name, hasImage(name), 'its image could not be made'))(
    `a JVM of ${name}: the Java lines are those of any other place`,
    () => sameLines({ image: image(name), command: leaks }),
  )

async function sameLines(app: ContainerApp): Promise<void> {
  let status = ''
  const report = await preflight(
    { ...app, ready: { log: /^READY/ } },
    {
      trace: 'preload',
      warmUp: ({ pid }) => {
        status = readFileSync(`/proc/${pid}/status`, 'utf8')
        return Promise.resolve()
      },
    },
  )
  expect(report.failure).toBe(null)
  expect(report.evidence).toMatchObject({ tracer: 'preload', lost: 0 })
  if (app.container !== undefined) {
    expect(status).toMatch(/^CapBnd:\s0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\s1$/m)
    expect(status).toMatch(/^Uid:\s1000\s/m)
  }
  const frames = report.blockers.map(({ owner }) => owner?.frame ?? '').sort()
  expect(frames).toEqual([
    'leaks.FileInput.open(FileInput.java:14)',
    'leaks.Listener.open(Listener.java:13)',
    'leaks.Watch.open(Watch.java:14)',
  ])
  const listener = report.descriptors.find(({ target }) => target.includes('listening'))
  expect(listener?.listened?.java.map(formatFrame)).toContain('leaks.Listener.open(Listener.java:13)')
}
