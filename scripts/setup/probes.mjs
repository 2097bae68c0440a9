/** What runs outside of TypeScript, compiled into dist/probes. */
import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { arch, commonFolder, javaHome, probesFolder, root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

/** For one processor and C library, but for the tracer, which needs more than a C compiler. */
export const compiled = [
  'asowner',
  'attach',
  'gate',
  'guard',
  'logroom',
  'exithold',
  'peers',
  'sidecar',
  'libbootstacks.so',
  'libfdpreload.so',
  'librehearsal.so',
]
const common = ['rehearsal.jar']

/**
 * Makes targets of `probes/Makefile` in a folder below build/; make itself sees what is still to do. Returns the files.
 * make splits its targets at spaces: it is told of the folder from its own, as the path to that may have any letters.
 */
export async function makeProbes(folder, names, variables = []) {
  const out = join('..', 'build', folder)
  const env = { JAVA_HOME: javaHome() }
  const parallel = `-j${availableParallelism()}`
  const files = names.map((name) => join(out, name))
  await run('make', ['-C', 'probes', parallel, `OUT=${out}`, ...variables, ...files], { env })
  return names.map((name) => join(root, 'build', folder, name))
}

/** Renamed into place: a probe that is running, or mapped by a JVM, must not change under it. */
export function publish(files, folder) {
  mkdirSync(join(root, folder), { recursive: true })
  return files.map((file) => {
    const place = join(folder, basename(file))
    copyFileSync(file, join(root, `${place}.new`))
    renameSync(join(root, `${place}.new`), join(root, place))
    return place
  })
}

export async function probes(plan) {
  const names = plan.ebpf ? [...compiled, 'fdtrace'] : compiled
  await makeOnce({ name: 'probes', inputs: ['probes'], salt: names.join() }, async () => {
    say('building the probes')
    const made = await makeProbes(join('probes', `glibc-${arch}`), [...names, ...common])
    const jars = made.splice(names.length)
    return [...publish(made, probesFolder), ...publish(jars, commonFolder)]
  })
}
