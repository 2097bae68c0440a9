/** The licences of what is linked into the probes and bundled into the page and the command line, for the package to carry. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { arch, findTool, root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const noticesFolder = join('dist', 'notices')

/** Debian packages whose code is in our programs and libraries; THIRD-PARTY.md says in which. */
const linked = ['libbpf-dev', 'libelf-dev', 'zlib1g-dev', 'libc6-dev', 'musl-dev', 'libgcc-s1']
/** Node packages whose code is in the page, and in the command line. */
const bundled = ['preact', 'zod']
const licences = ['LGPL-2.1', 'LGPL-3', 'GPL-2', 'GPL-3']

/**
 * Says in a file which sources the libraries are made of that are in the probes for a processor: what the LGPL asks of who
 * links them statically. `packages` are lines of "PACKAGE SOURCE VERSION". Resolves to the file.
 */
export function writeSources(cpu, packages) {
  const file = join(noticesFolder, `sources-${cpu}.txt`)
  const lines = packages.map((line) => {
    const [name, source, version] = line.split(' ')
    const place = `https://snapshot.debian.org/package/${source}/${encodeURIComponent(version)}/`
    return `${name}: ${source} ${version}, ${place}\n`
  })
  mkdirSync(join(root, noticesFolder), { recursive: true })
  writeFileSync(
    join(root, file),
    `The Debian packages whose code is linked into dist/probes/linux-${cpu} and linux-${cpu}-musl, and their exact sources\n` +
      `("apt-get source SOURCE=VERSION", or the place that is named):\n\n${lines.join('')}`,
  )
  return file
}

const OF_LIBC = / (glibc) \(= ([^)]+)\)/
const OF_GCC = / (gcc-\d+) \(= ([^)]+)\)/

/** Those of these packages that are installed here, as `writeSources` takes them; none where it is not Debian. */
export async function installedSources(packages) {
  const there = packages.filter((name) => existsSync(join('/usr/share/doc', name)))
  if (findTool('dpkg-query') === null || there.length === 0) return []
  const format = '${Package} ${source:Package} ${source:Version} ${Built-Using}\\n'
  const lines = (await run('dpkg-query', ['-W', '-f', format, ...there])).trim().split('\n')
  return lines.map((line) => {
    const [name, source, version] = line.split(' ')
    // Packages for cross compilers are made of other sources than their own.
    const [, madeOf = source, as = version] =
      (/-cross$/.test(name) && (name.startsWith('libc6-') ? OF_LIBC : OF_GCC).exec(line)) || []
    return `${name} ${madeOf} ${as}`
  })
}

export async function notices() {
  const files = [
    ...linked.map((name) => [join('/usr/share/doc', name, 'copyright'), `${name}.txt`]),
    ...bundled.map((name) => [join(root, 'node_modules', name, 'LICENSE'), `${name}.txt`]),
    ...licences.map((name) => [join('/usr/share/common-licenses', name), `${name}.txt`]),
  ].filter(([source]) => existsSync(source))
  // Elsewhere than on Debian they lie in other places; what is published is built on Debian.
  if (files.length === 0) return
  const sources = await installedSources(linked)
  await makeOnce(
    { name: 'notices', inputs: ['scripts/setup/notices.mjs'], salt: [...files, ...sources].join() },
    () => {
      say('gathering the licences of what is linked into the probes and bundled into the page')
      mkdirSync(join(root, noticesFolder), { recursive: true })
      const copies = files.map(([source, name]) => {
        copyFileSync(source, join(root, noticesFolder, name))
        return join(noticesFolder, name)
      })
      return [...copies, writeSources(arch, sources)]
    },
  )
}
