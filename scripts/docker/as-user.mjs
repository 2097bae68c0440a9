/** Runs an engine as an ordinary user, with what a machine has that lets users run containers. */
import { spawnSync } from 'node:child_process'

/** Nobody, who gets a range of users of its own. */
export const USER = 65534

const user = [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--']

/** Why no such user can have namespaces here; null where it can. */
export function userRefusal() {
  const { status, stderr } = spawnSync('setpriv', [...user, 'unshare', '--user', 'true'], {
    encoding: 'utf8',
  })
  return status === 0 ? null : `an ordinary user gets no user namespace here: ${stderr.trim()}`
}

/** A range of users, and the device that their network needs: in a mount namespace, so that nothing of this machine changes. */
export function asUser(command) {
  const script = `set -e
    mount -t tmpfs -o mode=755 none /mnt
    echo nobody:1000000:65536 >/mnt/range
    mknod -m 666 /mnt/tun c 10 200
    for each in /etc/subuid /etc/subgid; do mount --bind /mnt/range $each; done
    mount --bind /mnt/tun /dev/net/tun
    exec "$@"`
  const own = ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', script, 'sh']
  return [...own, 'setpriv', ...user, ...command]
}
