/** Debian's Podman, and what lets an ordinary user run it or Docker, for the tests of other engines. Without it they are skipped. */
import { installPackages } from './debian.mjs'
import { findTool, say, SetupError } from './run.mjs'

/** What it runs containers with: its monitor, a runtime, its network, and an init for --init. */
const helpers = ['conmon', 'runc', 'netavark', 'aardvark-dns', 'iptables', 'tini']
/** What an ordinary user needs beside it: mapped users, a network without privilege, and for Docker a namespace to be root in. */
const rootless = ['uidmap', 'slirp4netns', 'rootlesskit']

export async function podman() {
  if (['podman', 'newuidmap', 'slirp4netns', 'rootlesskit'].every((name) => findTool(name) !== null)) return
  if (process.getuid() !== 0 || findTool('apt-get') === null)
    return say(
      'the tests of Podman and of rootless engines will be skipped: only root on Debian can install it here',
    )
  try {
    await installPackages(['podman', ...helpers, ...rootless])
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`the tests of Podman and of rootless engines will be skipped: ${error.message.split('\n')[0]}`)
  }
}
