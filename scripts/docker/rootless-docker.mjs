/** The tests' own Docker engine run by an ordinary user, as Docker's dockerd-rootless.sh runs it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findTool } from '../setup/run.mjs'
import { asUser, USER, userRefusal } from './as-user.mjs'
import { program } from './engine.mjs'
import { noService, placesOf, startService } from './service.mjs'

export async function startRootlessDocker() {
  const missing = whyNot()
  if (missing !== null) return noService(missing)
  const { folder, runFolder } = placesOf('docker-rootless', USER)
  const socket = join(runFolder, 'docker.sock')
  const engine = [program, '--rootless', '--host', `unix://${socket}`, '--storage-driver', 'overlay2']
  const places = ['--data-root', join(folder, 'data'), '--exec-root', join(runFolder, 'exec')]
  // What the machine's own engine has in /run belongs to root.
  const script = 'rm -f /run/docker /run/containerd /run/xtables.lock; exec "$@"'
  const inside = ['sh', '-c', script, 'sh', ...engine, ...places, '--pidfile', join(runFolder, 'docker.pid')]
  const network = ['--net=slirp4netns', '--mtu=65520', '--disable-host-loopback', '--port-driver=builtin']
  const copies = ['--copy-up=/etc', '--copy-up=/run', '--propagation=rslave']
  return await startService({
    what: 'a rootless Docker engine',
    socket,
    command: asUser(['rootlesskit', ...network, ...copies, ...inside]),
    // Its helpers lie beside it.
    env: { PATH: `${join(program, '..')}:/usr/sbin:/sbin:${process.env.PATH}` },
    folder,
    runFolder,
  })
}

function whyNot() {
  if (process.getuid() !== 0) return 'only root can start one for the tests'
  if (!existsSync(program)) return 'the set-up has unpacked no Docker engine here'
  const missing = ['rootlesskit', 'newuidmap', 'slirp4netns'].filter((name) => findTool(name) === null)
  if (missing.length > 0)
    return `there is no ${missing.join(', ')}: "node scripts/setup.mjs test" installs it on Debian`
  return userRefusal()
}
