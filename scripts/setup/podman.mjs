/** Debian's Podman, for the tests of a second kind of engine. Without it those tests are skipped. */
import { installPackages } from './debian.mjs'
import { findTool, say, SetupError } from './run.mjs'

/** What it runs containers with: its monitor, a runtime, its network, and an init for --init. */
const helpers = ['conmon', 'runc', 'netavark', 'aardvark-dns', 'iptables', 'tini']
/** What an ordinary user needs beside it: mapped users, a file system and a network without privilege. */
const rootless = ['uidmap', 'fuse-overlayfs', 'slirp4netns']

export async function podman() {
  if (findTool('podman') !== null) return
  if (process.getuid() !== 0 || findTool('apt-get') === null)
    return say('the tests of Podman will be skipped: only root on Debian can install it here')
  try {
    await installPackages(['podman', ...helpers, ...rootless])
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`the tests of Podman will be skipped: ${error.message.split('\n')[0]}`)
  }
}
