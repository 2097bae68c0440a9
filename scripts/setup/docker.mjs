/** A Docker engine for the container tests where the machine has none. Without one those tests are skipped. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { engineHost, refusal } from '../docker/api.mjs'
import { folder, program } from '../docker/engine.mjs'
import { installPackages } from './debian.mjs'
import { findTool, run, say, SetupError } from './run.mjs'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

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
    await downloadNewest(debs).catch(() => run('apt-get', ['download', 'docker.io'], { cwd: debs }))
    const [deb] = readdirSync(debs)
    // Unpacked, not installed: no service is set up, and nothing of the machine changes.
    await run('dpkg', ['-x', join(debs, deb), join(folder, 'engine')])
    rmSync(debs, { recursive: true, force: true })
    await run(program, ['--version'])
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    rmSync(join(folder, 'engine'), { recursive: true, force: true })
    say(`container tests will be skipped: the Docker engine can't be installed: ${error.message}`)
  }
}

/** Debian 13's engine under an apt configuration of its own. Debian 12's 20.10 does not know CAP_BPF. */
async function downloadNewest(debs) {
  const apt = join(folder, 'apt')
  mkdirSync(join(apt, 'lists', 'partial'), { recursive: true })
  mkdirSync(join(apt, 'cache', 'archives', 'partial'), { recursive: true })
  const sources = join(apt, 'sources.list')
  writeFileSync(sources, `deb [signed-by=${keyring}] ${mirror()} trixie main\n`)
  const own = [
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::Cache=${join(apt, 'cache')}`,
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=-',
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting])
  try {
    await run('apt-get', [...own, 'update'])
    await run('apt-get', [...own, 'download', 'docker.io/trixie'], { cwd: debs })
  } finally {
    rmSync(apt, { recursive: true, force: true })
  }
}

/** Where this machine gets its packages from. */
function mirror() {
  const folder = '/etc/apt/sources.list.d'
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  for (const file of ['/etc/apt/sources.list', ...files].filter((file) => existsSync(file))) {
    if (!/\.(list|sources)$/.test(file)) continue
    const found = /^(?:URIs:|deb(?: \[.*\])?)\s+(\S+\/debian)\/?(?=\s)/m.exec(readFileSync(file, 'utf8'))
    if (found) return found[1]
  }
  throw new SetupError('no Debian mirror is configured')
}
