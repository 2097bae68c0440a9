/** Lays out the root file system of a test image: a jlinked run-time, the libraries that it needs, and the app. */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { run } from '../setup/run.mjs'

const modules = [
  'java.se',
  'jdk.httpserver',
  'jdk.jdwp.agent',
  'jdk.jfr',
  'jdk.net',
  'jdk.unsupported',
  'jdk.zipfs',
]

// Parts of glibc that every image on it has, whether its programs are linked with them or not.
const libcParts = [
  'libdl.so.2',
  'libpthread.so.0',
  'librt.so.1',
  'libm.so.6',
  'libresolv.so.2',
  'libnss_dns.so.2',
]

// The shell stays and the JVM is its child, as in many images of real apps.
const startScript = `#!/bin/sh
java -cp /app leaks.Main "$@"
status=$?
exit $status
`

export async function layOut(folder, { jdk, shell }, classes) {
  for (const name of ['etc', 'app', 'bin', 'opt']) mkdirSync(join(folder, name))
  mkdirSync(join(folder, 'tmp'))
  chmodSync(join(folder, 'tmp'), 0o1777)
  writeFileSync(
    join(folder, 'etc', 'passwd'),
    'root:x:0:0:root:/root:/none\napp:x:1000:1000:app:/app:/none\n',
  )
  writeFileSync(join(folder, 'etc', 'group'), 'root:x:0:\napp:x:1000:\n')
  writeFileSync(join(folder, 'etc', 'nsswitch.conf'), 'hosts: files dns\n')
  const programs = []
  if (jdk) {
    const java = join(folder, 'opt', 'java')
    const strip = ['--strip-debug', '--no-header-files', '--no-man-pages']
    await run(join(jdk.home, 'bin', 'jlink'), ['--add-modules', modules.join(), ...strip, '--output', java])
    programs.push(...binaries(java))
    cpSync(classes, join(folder, 'app'), { recursive: true })
  }
  if (shell) {
    for (const name of ['sh', 'sleep']) {
      const source = realpathSync(`/bin/${name}`)
      copyFileSync(source, join(folder, 'bin', name))
      programs.push(source)
    }
    writeFileSync(join(folder, 'app', 'start.sh'), startScript, { mode: 0o755 })
  }
  for (const library of await librariesOf(programs)) {
    mkdirSync(join(folder, dirname(library)), { recursive: true })
    copyFileSync(realpathSync(library), join(folder, library))
  }
}

function binaries(java) {
  return readdirSync(java, { recursive: true })
    .filter((name) => /\.so$|^bin\/|jspawnhelper$/.test(name))
    .map((name) => join(java, name))
}

/** What the dynamic loader would load for these programs, and the loader itself. */
async function librariesOf(programs) {
  const libraries = new Set()
  for (const name of libcParts)
    for (const folder of ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/lib64'])
      if (existsSync(join(folder, name))) libraries.add(join(folder, name))
  for (const program of programs) {
    // A script, or a library that lies beside another, is no failure.
    const { stdout } = await promisify(execFile)('ldd', [program]).catch(({ stdout }) => ({
      stdout: stdout ?? '',
    }))
    for (const [, found] of stdout.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm))
      if (!programs.includes(found) && existsSync(found) && !found.includes('/opt/java/'))
        libraries.add(found)
  }
  return libraries
}
