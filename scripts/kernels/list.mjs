/** The kernels that the tracer is tested on: Debian's own of each release, and the newest that its suites offer. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/run.mjs'

export const folder = join(root, 'build', 'kernels')
export const busybox = join(folder, 'busybox', 'bin', 'busybox')

/** `image` names the packages to choose from; the highest version is taken. `quick`: `npm test` boots it, too. */
export const kernels = [
  { name: '5.10', suites: ['bullseye'], image: '^linux-image-5\\.10\\.0-[0-9]+-cloud-amd64$' },
  { name: '6.1', suites: ['bookworm'], image: '^linux-image-6\\.1\\.0-[0-9]+-cloud-amd64$', quick: true },
  { name: '6.12', suites: ['trixie'], image: '^linux-image-6\\.12\\.[0-9+deb]+-cloud-amd64$', quick: true },
  { name: '6.18', suites: ['trixie-backports'], image: '^linux-image-6\\.18\\.[0-9+deb]+-cloud-amd64$' },
  {
    name: 'newest',
    suites: ['trixie-backports', 'sid', 'experimental'],
    image: '^linux-image-[0-9][0-9.+deb-]*-cloud-amd64$',
    quick: true,
  },
].map((kernel) => {
  const home = join(folder, kernel.name)
  return { ...kernel, home, file: join(home, 'vmlinuz'), modules: join(home, 'modules') }
})

export const isThere = (kernel) => existsSync(kernel.file)
