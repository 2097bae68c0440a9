/** The licences of what is linked into the probes and bundled into the page, for the package to carry. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const noticesFolder = join('dist', 'notices')

/** Debian packages whose code is in our programs and libraries; THIRD-PARTY.md says in which. */
const linked = ['libbpf-dev', 'libelf-dev', 'zlib1g-dev', 'libc6-dev', 'musl-dev', 'libgcc-s1']
/** Node packages whose code is in the page. */
const bundled = ['preact']
const licences = ['LGPL-2.1', 'LGPL-3', 'GPL-2', 'GPL-3']

export async function notices() {
  const files = [
    ...linked.map((name) => [join('/usr/share/doc', name, 'copyright'), `${name}.txt`]),
    ...bundled.map((name) => [join(root, 'node_modules', name, 'LICENSE'), `${name}.txt`]),
    ...licences.map((name) => [join('/usr/share/common-licenses', name), `${name}.txt`]),
  ].filter(([source]) => existsSync(source))
  // Elsewhere than on Debian they lie in other places; what is published is built on Debian.
  if (files.length === 0) return
  await makeOnce({ name: 'notices', inputs: [], salt: files.join() }, () => {
    say('gathering the licences of what is linked into the probes and bundled into the page')
    mkdirSync(join(root, noticesFolder), { recursive: true })
    return files.map(([source, name]) => {
      copyFileSync(source, join(root, noticesFolder, name))
      return join(noticesFolder, name)
    })
  })
}
