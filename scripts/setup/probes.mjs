/** What runs outside of TypeScript, compiled into dist/probes. */
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { arch, javaHome, probesFolder, root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const commands = {
  fdtrace: (out) => ['make', ['-C', 'probes/fdtrace', `OUT=${out}`]],
  gate: (out) => ['make', ['-C', 'probes/gate', `OUT=${out}`]],
  exithold: (out) => ['make', ['-C', 'probes/exithold', `OUT=${out}`]],
  bootstacks: (out) => ['make', ['-C', 'probes/bootstacks', `OUT=${out}`]],
  peers: (out) => ['make', ['-C', 'probes/peers', `OUT=${out}`]],
  preload: (out) => ['make', ['-C', 'probes/preload', `OUT=${out}`]],
  sidecar: (out) => ['make', ['-C', 'probes/sidecar', `OUT=${out}`]],
  rehearsal: (out) => [join(root, 'probes', 'rehearsal', 'build.sh'), [out]],
}

/** Folders of sources that several have in common. */
const shared = { bootstacks: ['environment'], preload: ['environment'] }

/** Where the sources of a probe are. */
export function sourcesOf(name) {
  return [name, ...(shared[name] ?? [])].map((folder) => join('probes', folder))
}

// Renamed into place: a probe that is running, or mapped by a JVM, must not change under it.
function publish(file, out) {
  const place = join(root, probesFolder, file)
  copyFileSync(join(out, file), `${place}.new`)
  renameSync(`${place}.new`, place)
  return join(probesFolder, file)
}

// Folders hold intermediate files, which users don't get.
function publishAll(out) {
  mkdirSync(join(root, probesFolder), { recursive: true })
  const files = readdirSync(out, { withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map(({ name }) => publish(name, out))
}

export async function probes(plan) {
  const env = { JAVA_HOME: javaHome(), PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  for (const [name, command] of Object.entries(commands)) {
    if (name === 'fdtrace' && !plan.ebpf) continue
    await makeOnce({ name: `probe-${name}`, inputs: sourcesOf(name) }, async () => {
      say(`building probes/${name}`)
      const out = join(root, 'build', 'probes', `linux-${arch}`, name)
      // Emptied, so that a file that is no longer made is not published again.
      rmSync(out, { recursive: true, force: true })
      mkdirSync(out, { recursive: true })
      await run(...command(out), { env })
      return publishAll(out)
    })
  }
}
