/** The probes for JVMs that are linked against musl, as in images on Alpine: whatever such a JVM loads. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sourcesOf } from './probes.mjs'
import { arch, findTool, javaHome, probesFolder, root, run, say } from './run.mjs'
import { makeOnce } from './stamp.mjs'

const folder = `${probesFolder}-musl`
/** The static gate and the Java half serve both; the profiler's library asks for nothing that musl has not. */
const shared = ['gate', 'rehearsal.jar', 'libasyncProfiler.so', 'libasyncProfiler.NOTICE']

async function compile(out) {
  const env = { JAVA_HOME: javaHome(), CC: 'musl-gcc' }
  for (const name of ['preload', 'bootstacks'])
    await run('make', ['-C', join('probes', name), `OUT=${out}`, 'CC=musl-gcc'], { env })
  await run(join(root, 'probes', 'rehearsal', 'build.sh'), [out], { env })
  return ['libfdpreload.so', 'libbootstacks.so', 'librehearsal.so'].map((name) => join(out, name))
}

/** Where the compiler for musl is not there, images on musl are refused, and the error names it. */
export async function muslProbes() {
  if (findTool('musl-gcc') === null) return
  const inputs = ['gate', 'preload', 'bootstacks', 'rehearsal'].flatMap(sourcesOf)
  await makeOnce({ name: 'probes-musl', inputs: [...inputs, 'scripts/setup/profiler.mjs'] }, async () => {
    say('building the probes for musl')
    const out = join(root, 'build', 'probes', `linux-${arch}-musl`)
    rmSync(out, { recursive: true, force: true })
    for (const each of [out, join(root, folder)]) mkdirSync(each, { recursive: true })
    const made = await compile(out)
    const taken = shared.map((name) => join(root, probesFolder, name)).filter((file) => existsSync(file))
    return [...made, ...taken].map((file) => {
      const place = join(folder, file.slice(file.lastIndexOf('/') + 1))
      copyFileSync(file, join(root, `${place}.new`))
      renameSync(join(root, `${place}.new`), join(root, place))
      return place
    })
  })
}
