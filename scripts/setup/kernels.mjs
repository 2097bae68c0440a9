/** Debian kernels in build/kernels and QEMU to boot them, for tests only; they say so and skip where they are missing. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { busybox, folder, isThere, kernels as all } from '../kernels/list.mjs'
import { virtiofsd } from '../kernels/boot.mjs'
import { installPackages } from './debian.mjs'
import { arch, findTool, run, say, SetupError } from './run.mjs'
import { withSuite } from './suite.mjs'

/** Where the modules are that a guest may need. */
const wanted = ['fs', join('drivers', 'virtio'), join('drivers', 'char')]

const byVersion = new Intl.Collator('en', { numeric: true })

async function emulator() {
  const missing = []
  if (findTool('qemu-system-x86_64') === null) missing.push('qemu-system-x86')
  // A part of QEMU in Debian 12; a package of its own later.
  if (virtiofsd() === undefined && missing.length === 0) missing.push('virtiofsd')
  if (missing.length > 0) await installPackages(missing)
  if (virtiofsd() === undefined) await installPackages(['virtiofsd'])
  if (existsSync(busybox)) return
  const debs = mkdtempSync(join(folder, 'busybox-'))
  try {
    // Unpacked, not installed: it would replace a busybox that is there.
    await run('apt-get', ['download', 'busybox-static'], { cwd: debs })
    const unpacked = join(debs, 'unpacked')
    await run('dpkg', [
      '-x',
      join(
        debs,
        readdirSync(debs).find((file) => file.endsWith('.deb')),
      ),
      unpacked,
    ])
    const merged = [join(unpacked, 'bin'), join(unpacked, 'usr', 'bin')].find((bin) => existsSync(bin))
    mkdirSync(dirname(busybox), { recursive: true })
    renameSync(join(merged, 'busybox'), busybox)
  } finally {
    rmSync(debs, { recursive: true, force: true })
  }
}

/** The highest version that any of the suites has: the suite, and the package's name. */
async function newest({ suites, image }) {
  const found = []
  for (const suite of suites)
    await withSuite(suite, folder, async ({ search }) => {
      for (const name of await search(image)) found.push({ suite, name })
    })
  found.sort((one, other) => byVersion.compare(other.name, one.name))
  if (found.length === 0) throw new SetupError(`no package matches ${image} in ${suites.join(', ')}`)
  return found[0]
}

/** Newer packages are made of parts: the kernel and its modules are two others. */
async function unpack({ suite, name }, into) {
  await withSuite(suite, folder, async ({ dependsOn, unpack }) => {
    const version = name.replace(/^linux-image-/, '')
    const parts = (await dependsOn(name)).filter((each) =>
      [`linux-binary-${version}`, `linux-modules-${version}`].includes(each),
    )
    await unpack([name, ...parts], into)
  })
}

async function fetchKernel(kernel) {
  const chosen = await newest(kernel)
  const debs = mkdtempSync(join(folder, 'kernel-'))
  try {
    await unpack(chosen, debs)
    const files = readdirSync(debs, { recursive: true }).map((path) => join(debs, path))
    const image = files.find((path) => /^vmlinuz/.test(basename(path)))
    const modules = files.find((path) => /lib\/modules\/[^/]+\/kernel$/.test(path))
    if (image === undefined || modules === undefined) throw new SetupError(`${chosen.name} holds no kernel`)
    rmSync(kernel.home, { recursive: true, force: true })
    for (const each of wanted)
      if (existsSync(join(modules, each)))
        cpSync(join(modules, each), join(kernel.modules, each), { recursive: true })
    writeFileSync(join(kernel.home, 'package'), `${chosen.name}\n`)
    renameSync(image, kernel.file)
  } finally {
    rmSync(debs, { recursive: true, force: true })
  }
}

/** Fetches those kernels that `npm test` boots, or all. */
export async function kernels(plan, { quick = true } = {}) {
  if (arch !== 'x64' || findTool('apt-get') === null || process.getuid() !== 0) return
  mkdirSync(folder, { recursive: true })
  const attempt = async (name, what, isDone, make) => {
    const failed = join(folder, `${name}.failed`)
    if (isDone() || existsSync(failed)) return
    say(`fetching ${what} for the tests`)
    try {
      await make()
    } catch (error) {
      if (!(error instanceof SetupError)) throw error
      // Remembered, so that a machine without a mirror does not try again at every start.
      writeFileSync(failed, `${error.message}\n`)
      say(`${what} could not be fetched; its tests are skipped. To try again, delete ${failed}`)
    }
  }
  const hasEmulator = () =>
    findTool('qemu-system-x86_64') !== null && virtiofsd() !== undefined && existsSync(busybox)
  await attempt('emulator', 'QEMU', hasEmulator, emulator)
  if (!hasEmulator()) return
  for (const kernel of all.filter((each) => each.quick || !quick))
    await attempt(
      kernel.name,
      `the kernel ${kernel.name}`,
      () => isThere(kernel),
      () => fetchKernel(kernel),
    )
}

export const allKernels = (plan) => kernels(plan, { quick: false })
