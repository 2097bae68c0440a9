/** The probes for JVMs that are linked against musl, as in images on Alpine: the libraries that such a JVM loads. */
import { join } from 'node:path'
import { makeProbes, publish } from './probes.mjs'
import { arch, findTool, probesFolder, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

export const libraries = ['libfdpreload.so', 'libbootstacks.so', 'librehearsal.so']

/** Where the compiler for musl is not there, JVMs on musl are refused, and the error names it. */
export async function muslProbes() {
  if (findTool('musl-gcc') === null) return
  await makeOnce({ name: 'probes-musl', inputs: ['probes'] }, async () => {
    say('building the probes for musl')
    const made = await makeProbes(join('probes', `musl-${arch}`), libraries, ['LIBC=musl'])
    return publish(made, `${probesFolder}-musl`)
  })
}
