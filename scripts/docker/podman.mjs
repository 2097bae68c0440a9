/** Debian's Podman as an engine for tests: its own service, of root or of an ordinary user, with storage of this checkout. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTool } from '../setup/run.mjs'
import { asUser, USER, userRefusal } from './as-user.mjs'
import { noService, placesOf, startService } from './service.mjs'

export async function startPodman({ rootless }) {
  const missing = whyNot(rootless)
  if (missing !== null) return noService(missing)
  const { folder, runFolder } = placesOf(rootless ? 'podman-rootless' : 'podman', rootless ? USER : 0)
  const config = join(folder, 'containers.conf')
  writeFileSync(config, settings())
  const socket = join(runFolder, 'podman.sock')
  const places = ['--root', join(folder, 'storage'), '--runroot', join(runFolder, 'run')]
  const more = ['--tmpdir', join(runFolder, 'tmp'), '--network-config-dir', join(folder, 'networks')]
  const command = ['podman', ...places, ...more, 'system', 'service', '--time=0', `unix://${socket}`]
  return await startService({
    what: rootless ? 'a rootless Podman' : 'a Podman',
    socket,
    command: rootless ? asUser(command) : command,
    // conmon can't read its own options in the C locale, where they have letters beyond ASCII.
    env: { CONTAINERS_CONF: config, STORAGE_DRIVER: 'overlay', LC_ALL: 'C.UTF-8' },
    folder,
    runFolder,
    ending: () => {
      endPause(runFolder)
      // It mounts this on itself, and leaves it so.
      if (!rootless) spawnSync('umount', [join(folder, 'storage', 'overlay')], { stdio: 'ignore' })
    },
  })
}

/** The process that keeps a user's namespaces for the next command outlives the service. */
function endPause(runFolder) {
  for (const name of readdirSync(runFolder, { recursive: true }).filter((name) => name.endsWith('pause.pid')))
    try {
      process.kill(Number(readFileSync(join(runFolder, name), 'utf8')), 'SIGKILL')
    } catch {
      // It has ended.
    }
}

function whyNot(rootless) {
  if (process.getuid() !== 0) return 'only root can start one for the tests'
  const tools = ['podman', ...(rootless ? ['newuidmap', 'slirp4netns'] : [])]
  const missing = tools.filter((name) => findTool(name) === null)
  if (missing.length > 0)
    return `there is no ${missing.join(', ')}: "node scripts/setup.mjs test" installs it on Debian`
  return rootless ? userRefusal() : null
}

/** Its own limits are higher than some machines let root set, and its own choices are for machines with systemd. */
function settings() {
  const [, files] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  // Podman itself has lowered that to the highest pid.
  const processes = readFileSync('/proc/sys/kernel/pid_max', 'utf8').trim()
  const init = findTool('tini-static')
  return `[containers]
default_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]
log_driver = "k8s-file"
[engine]
${init === null ? '' : `init_path = "${init}"`}
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[network]
network_backend = "netavark"
`
}
