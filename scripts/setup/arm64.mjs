/** What runs the AArch64 probes on another machine, for `test/probes/preload/arm64.test.ts`, which skips without it. */
import { installPackages } from './debian.mjs'
import { jdk21 } from './jdk21.mjs'
import { arch, findTool, SetupError } from './run.mjs'

const packages = {
  'gcc-aarch64-linux-gnu': 'aarch64-linux-gnu-gcc',
  'libc6-dev-arm64-cross': null,
  'qemu-user-static': 'qemu-aarch64-static',
}

export async function arm64(plan) {
  if (arch === 'arm64') return
  const missing = Object.values(packages).some((tool) => tool !== null && findTool(tool) === null)
  const names = Object.keys(packages)
  if (missing && (process.getuid() !== 0 || findTool('apt-get') === null))
    throw new SetupError(`install ${names.join(', ')} (these are Debian's names), then start again`, 4)
  if (missing) await installPackages(names)
  await jdk21(plan, 'arm64')
}
