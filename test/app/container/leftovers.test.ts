import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { ownLabel } from '../../../harness/app/container/leftovers/leftovers.js'
import { packageRoot } from '../../../harness/host/package-root.js'
import { docker, engine as dockerEngine, image } from '../../support/docker.js'
import { openSocket } from '../../support/elsewhere.js'
import { capability, needing } from '../../support/capability.js'

const cli = join(packageRoot, 'dist', 'harness', 'cli', 'main.js')
const HIDDEN =
  'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"'

/** A command of an ordinary user, whom /proc shows no process but its own. */
const hidden = (command: string[]): string[] => [
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-c',
  HIDDEN,
  'sh',
  ...command,
]
const hiding = capability(
  'mounts',
  spawnSync('unshare', hidden(['test', '!', '-e', `/proc/${process.pid}`])).status === 0 &&
    spawnSync('unshare', hidden([process.execPath, cli, '--version'])).status === 0,
  'no /proc can be mounted that hides other users’ processes, or the checkout is private',
)

needing(dockerEngine, hiding)('a container of a harness that /proc hides is left alone', async () => {
  const kept = await (await docker()).createContainer({ Image: image('user'), Labels: ownLabel() })
  const engine = await openSocket(process.env.DOCKER_HOST ?? '')
  try {
    const own = mkdtempSync(join(tmpdir(), 'hidden-'))
    chmodSync(own, 0o777)
    const { stdout } = await execa(
      'unshare',
      hidden([process.execPath, cli, 'check', '--image', image('no-java')]),
      { env: { DOCKER_HOST: engine.host, TMPDIR: own }, reject: false },
    )
    expect(stdout).toContain('no Java in the image')
    expect((await kept.inspect()).State.Status).toBe('created')
  } finally {
    engine.close()
    await kept.remove()
  }
})
