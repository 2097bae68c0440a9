/** What runs outside of TypeScript, compiled into dist/probes. */
import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { arch, javaHome, probesFolder, root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const targets = [
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
  'rehearsal.jar',
]

/** Makes targets of `probes/Makefile` in a folder; make itself sees what is still to do. Returns the files. */
export async function makeProbes(out, names, variables = []) {
  const files = names.map((name) => join(out, name))
  const env = { JAVA_HOME: javaHome() }
  const parallel = `-j${availableParallelism()}`
  await run('make', ['-C', 'probes', parallel, `OUT=${out}`, ...variables, ...files], { env })
  return files
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
  const names = plan.ebpf ? [...targets, 'fdtrace'] : targets
  await makeOnce({ name: 'probes', inputs: ['probes'], salt: names.join() }, async () => {
    say('building the probes')
    const out = join(root, 'build', 'probes', `glibc-${arch}`)
    return publish(await makeProbes(out, names), probesFolder)
  })
}
