/** The probes for JVMs that are linked against musl, as in images on Alpine: whatever such a JVM loads. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeProbes, publish } from './probes.mjs'
import { arch, findTool, probesFolder, root, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const libraries = ['libfdpreload.so', 'libbootstacks.so', 'librehearsal.so']
/** The static gate and the Java half serve both; the profiler's library asks for nothing that musl has not. */
const shared = ['gate', 'rehearsal.jar', 'libasyncProfiler.so', 'libasyncProfiler.NOTICE']

/** Where the compiler for musl is not there, images on musl are refused, and the error names it. */
export async function muslProbes() {
  if (findTool('musl-gcc') === null) return
  await makeOnce({ name: 'probes-musl', inputs: ['probes', 'scripts/setup/profiler.mjs'] }, async () => {
    say('building the probes for musl')
    const out = join(root, 'build', 'probes', `musl-${arch}`)
    const made = await makeProbes(out, libraries, ['LIBC=musl'])
    const taken = shared.map((name) => join(root, probesFolder, name)).filter((file) => existsSync(file))
    return publish([...made, ...taken], `${probesFolder}-musl`)
  })
}
