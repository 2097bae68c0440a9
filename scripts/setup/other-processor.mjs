/** The probes for the processor that this machine does not have: what is published serves both. */
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { installPackages } from './debian.mjs'
import { fetchOnce } from './fetch-once.mjs'
import { libraries } from './musl.mjs'
import { installedSources, writeSources } from './notices.mjs'
import { compiled, makeProbes, publish } from './probes.mjs'
import { profilerFor } from './profiler.mjs'
import { arch, findTool, root, say, SetupError } from './run.mjs'
import { makeOnce } from './stamp.mjs'
import { withSuite } from './suite.mjs'

const other =
  arch === 'x64'
    ? {
        arch: 'arm64',
        debian: 'arm64',
        machine: 'aarch64',
        gcc: 'gcc-aarch64-linux-gnu',
        libc: 'libc6-dev-arm64-cross',
        runtime: 'libgcc-s1-arm64-cross',
      }
    : {
        arch: 'x64',
        debian: 'amd64',
        machine: 'x86_64',
        gcc: 'gcc-x86-64-linux-gnu',
        libc: 'libc6-dev-amd64-cross',
        runtime: 'libgcc-s1-amd64-cross',
      }
const linked = ['libbpf-dev', 'libelf-dev', 'zlib1g-dev', 'musl', 'musl-dev']
const sysroot = join(root, 'build', `sysroot-${other.arch}`)

/** A cross compiler, and what the probes are linked with: Debian's packages for the other processor, unpacked. */
async function crossTools() {
  if (findTool(`${other.machine}-linux-gnu-gcc`) === null) {
    if (process.getuid() !== 0 || findTool('apt-get') === null)
      throw new SetupError(`install ${other.gcc} and ${other.libc} (Debian's names), then start again`, 4)
    await installPackages([other.gcc, other.libc])
  }
  await fetchOnce(sysroot, `Debian's libraries for ${other.arch}`, async (folder) => {
    const tree = join(folder, 'tree')
    mkdirSync(tree)
    const suite = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    await withSuite(suite, folder, ({ unpack }) => unpack(linked, tree), other.debian)
    // musl's own library lies in /lib, which is a link to /usr/lib where it is installed.
    cpSync(join(tree, 'lib'), join(tree, 'usr', 'lib'), { recursive: true, verbatimSymlinks: true })
    return tree
  })
  if (!existsSync(sysroot))
    throw new SetupError(
      `the probes for ${other.arch} can't be built: ${readFileSync(`${sysroot}.failed`, 'utf8').trim()}`,
    )
}

/** What is linked into the probes for it: of the unpacked packages the changelog names the source. */
async function sources() {
  const unpacked = linked.flatMap((name) => {
    const file = join(sysroot, 'usr', 'share', 'doc', name, 'changelog.Debian.gz')
    const [, source, version] = /^(\S+) \((\S+)\)/.exec(gunzipSync(readFileSync(file)).toString()) ?? []
    return source === undefined ? [] : [`${name} ${source} ${version}`]
  })
  return [...unpacked, ...(await installedSources([other.libc, other.runtime]))]
}

export async function otherProcessor() {
  const name = `linux-${other.arch}`
  await makeOnce(
    {
      name: `probes-${other.arch}`,
      inputs: ['probes', 'scripts/setup/profiler.mjs', 'scripts/setup/notices.mjs'],
    },
    async () => {
      await crossTools()
      say(`building the probes for ${other.arch}`)
      const variables = [`ARCH=${other.arch}`, `SYSROOT=../build/sysroot-${other.arch}`]
      const made = await makeProbes(
        join('probes', `glibc-${other.arch}`),
        [...compiled, 'fdtrace'],
        variables,
      )
      const musl = await makeProbes(join('probes', `musl-${other.arch}`), libraries, [
        'LIBC=musl',
        ...variables,
      ])
      return [
        ...publish(made, join('dist', 'probes', name)),
        ...publish(musl, join('dist', 'probes', `${name}-musl`)),
        await profilerFor(other.arch, join('dist', 'probes', name)),
        writeSources(other.arch, await sources()),
      ]
    },
  )
}
