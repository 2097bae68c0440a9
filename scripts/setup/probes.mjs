/** What runs outside of TypeScript, compiled into dist/probes. */
import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { arch, javaHome, probesFolder, root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const productsOf = {
  fdtrace: ['fdtrace'],
  gate: ['gate'],
  bootstacks: ['libbootstacks.so'],
  rehearsal: ['librehearsal.so', 'rehearsal.jar'],
}

// Intermediate files stay here; dist/ is what users install.
const workFolder = join(root, 'build', 'probes', `linux-${arch}`)

function command(name) {
  if (name === 'rehearsal') return [join(root, 'probes', name, 'build.sh'), [workFolder]]
  return ['make', ['-C', join('probes', name), `OUT=${workFolder}`]]
}

// Renamed into place: a probe that is running, or mapped by a JVM, must not change under it.
function publish(file) {
  copyFileSync(join(workFolder, file), join(probesFolder, `${file}.new`))
  renameSync(join(probesFolder, `${file}.new`), join(probesFolder, file))
}

export async function probes(plan) {
  const env = { JAVA_HOME: javaHome(), PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  for (const [name, files] of Object.entries(productsOf)) {
    if (name === 'fdtrace' && !plan.ebpf) continue
    const products = files.map((file) => join(probesFolder, file))
    await makeOnce({ name: `probe-${name}`, inputs: [join('probes', name)], products }, async () => {
      say(`building probes/${name}`)
      mkdirSync(workFolder, { recursive: true })
      mkdirSync(probesFolder, { recursive: true })
      await run(...command(name), { env })
      files.forEach(publish)
    })
  }
}
