/** Debian's Podman as an engine for tests: its own service, of root or of an ordinary user, with storage of this checkout. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findTool, root, say } from '../setup/run.mjs'
import { refusal } from './api.mjs'

/** Nobody, who gets a range of users of its own. */
const USER = 65534

/** A service of Podman's: `{ host, refusal, stop }`; where there is none, `refusal` says why. */
export async function startPodman({ rootless }) {
  const missing = whyNot(rootless)
  if (missing !== null) return { host: null, refusal: missing, stop: async () => {} }
  const folder = join(root, 'build', 'podman', rootless ? 'rootless' : 'rootful')
  // The name of a socket may have 107 bytes only.
  const runFolder = `/run/crac-preflight-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`
  for (const each of [folder, runFolder]) {
    mkdirSync(each, { recursive: true })
    if (rootless) chownSync(each, USER, USER)
  }
  const config = join(folder, 'containers.conf')
  writeFileSync(config, settings())
  const host = `unix://${join(runFolder, 'podman.sock')}`
  say(`starting ${rootless ? 'a rootless' : 'a'} Podman for the tests`)
  const places = ['--root', join(folder, 'storage'), '--runroot', join(runFolder, 'run')]
  const more = ['--tmpdir', join(runFolder, 'tmp'), '--network-config-dir', join(folder, 'networks')]
  const command = ['podman', ...places, ...more, 'system', 'service', '--time=0', host]
  const log = join(folder, 'service.log')
  const output = openSync(log, 'w')
  const [program, ...args] = rootless ? asUser(command) : command
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], {
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      CONTAINERS_CONF: config,
      HOME: folder,
      XDG_RUNTIME_DIR: runFolder,
      STORAGE_DRIVER: 'overlay',
    },
  })
  closeSync(output)
  let ended = null
  child
    .on('error', (error) => (ended = error.message))
    .on('exit', (code, signal) => (ended = `it ended (${code ?? signal})`))
  const stop = async () => {
    child.kill()
    while (ended === null) await sleep(20)
    endPause(runFolder)
    rmSync(runFolder, { recursive: true, force: true })
  }
  for (let i = 0; i < 600 && ended === null; i++) {
    if ((await refusal(host)) === null) {
      // The harness of an ordinary user and that of root use it.
      chmodSync(host.slice('unix://'.length), 0o666)
      return { host, refusal: null, stop }
    }
    await sleep(50)
  }
  const words = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-3).join(' | ')
  await stop()
  return {
    host: null,
    refusal: `Podman can't run here: ${ended ?? 'no answer within 30 s'}: ${words}`,
    stop: async () => {},
  }
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
  if (!rootless) return null
  const { status, stderr } = spawnSync('setpriv', [...user, 'unshare', '--user', 'true'], {
    encoding: 'utf8',
  })
  return status === 0 ? null : `an ordinary user gets no user namespace here: ${stderr.trim()}`
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

const user = [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--']

/**
 * What a machine has that lets users run containers, in a mount namespace of its own, so that nothing of this one changes:
 * a range of users, and the device that their network needs.
 */
function asUser(command) {
  const script = `set -e
    mount -t tmpfs -o mode=755 none /mnt
    echo ${USER}:1000000:65536 >/mnt/range
    mknod -m 666 /mnt/tun c 10 200
    for each in /etc/subuid /etc/subgid; do mount --bind /mnt/range $each; done
    mount --bind /mnt/tun /dev/net/tun
    exec "$@"`
  return [
    'unshare',
    '--mount',
    '--propagation',
    'slave',
    'sh',
    '-c',
    script,
    'sh',
    'setpriv',
    ...user,
    ...command,
  ]
}
