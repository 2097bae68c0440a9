/** A Docker engine for the container tests where the machine has none. Without one those tests are skipped. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { engineHost, refusal } from '../docker/api.mjs'
import { folder, program } from '../docker/engine.mjs'
import { installPackages } from './debian.mjs'
import { findTool, run, say, SetupError } from './run.mjs'
import { withSuite } from './suite.mjs'

/** Only the engine's program is newer than the distribution: its run-time would need a newer libc. */
const helpers = ['containerd', 'runc', 'iptables', 'tini']

export async function docker() {
  const why = await refusal(engineHost())
  if (why === null || process.env.DOCKER_HOST || existsSync(program)) return
  if (process.getuid() !== 0 || findTool('apt-get') === null)
    return say(`container tests will be skipped: ${why}, and only root on Debian can install one here`)
  try {
    say('installing a Docker engine for the tests')
    if (!helpers.every((name) => findTool(name))) await installPackages(helpers)
    const debs = join(folder, 'debs')
    rmSync(debs, { recursive: true, force: true })
    mkdirSync(debs, { recursive: true })
    // Unpacked, not installed: no service is set up, and nothing of the machine changes.
    const engine = join(folder, 'engine')
    // Debian 12's 20.10 does not know CAP_BPF.
    await withSuite('trixie', folder, ({ unpack }) => unpack(['docker.io'], engine)).catch(async () => {
      await run('apt-get', ['download', 'docker.io'], { cwd: debs })
      await run('dpkg', ['-x', join(debs, readdirSync(debs)[0]), engine])
    })
    rmSync(debs, { recursive: true, force: true })
    await run(program, ['--version'])
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    rmSync(join(folder, 'engine'), { recursive: true, force: true })
    say(`container tests will be skipped: the Docker engine can't be installed: ${error.message}`)
  }
}
