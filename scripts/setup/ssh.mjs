/** What the tests of engines on another machine need: a cable between networks, certificates, and an ssh. */
import { installPackages } from './debian.mjs'
import { findTool, say, SetupError } from './run.mjs'

const needed = { ip: 'iproute2', openssl: 'openssl', ssh: 'openssh-client' }

export async function ssh() {
  const names = Object.keys(needed).filter((tool) => findTool(tool) === null)
  if (names.length === 0) return
  const packages = names.map((tool) => needed[tool])
  const skipped = 'the tests of engines on another machine will be skipped'
  if (process.getuid() !== 0 || findTool('apt-get') === null)
    return say(`${skipped}: ${packages.join(', ')} can be installed here by root on Debian only`)
  try {
    await installPackages(packages)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`${skipped}: ${error.message.split('\n')[0]}`)
  }
}
