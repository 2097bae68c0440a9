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
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root, run } from '../setup/run.mjs'

/** Where the set-up unpacks Debian's PostgreSQL server. */
export const postgresTree = join(root, 'build', 'docker', 'postgres')

/** Where it lays out the root file systems of others: a JVM on musl, and Debian 11 with its own JDK. */
export const muslRoot = join(root, 'build', 'docker', 'musl')
export const debian11Root = join(root, 'build', 'docker', 'debian-11')

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

// It refuses to run as root, and its data is gone with the container.
const postgresScript = `#!/bin/sh
initdb -D /tmp/data -A trust -U orders --no-sync >/dev/null || exit 1
echo 'host all all all trust' >>/tmp/data/pg_hba.conf
exec postgres -D /tmp/data -h '*' -c unix_socket_directories=
`

/** Server and its own files; resolves to the programs whose libraries it needs. */
function layOutPostgres(folder) {
  const versions = join('usr', 'lib', 'postgresql')
  const [version] = readdirSync(join(postgresTree, versions))
  for (const part of [join(versions, version, 'lib'), join('usr', 'share', 'postgresql', version)])
    cpSync(join(postgresTree, part), join(folder, part), {
      recursive: true,
      // Compiles queries; it would need all of LLVM.
      filter: (path) => !/\/(bitcode|llvmjit.*|man|extension\/(?!plpgsql).*)$/.test(path),
    })
  const bin = join(folder, versions, version, 'bin')
  mkdirSync(bin)
  const programs = ['initdb', 'postgres'].map((name) => join(postgresTree, versions, version, 'bin', name))
  for (const program of programs) {
    copyFileSync(program, join(bin, basename(program)))
    symlinkSync(
      join('/', versions, version, 'bin', basename(program)),
      join(folder, 'bin', basename(program)),
    )
  }
  writeFileSync(join(folder, 'app', 'start.sh'), postgresScript, { mode: 0o755 })
  return [
    ...programs,
    ...binaries(join(postgresTree, versions, version, 'lib')).filter((name) => !name.includes('llvmjit')),
  ]
}

export async function layOut(folder, { jdk, shell, postgres, tree }, classes) {
  if (tree) {
    cpSync(tree, folder, { recursive: true, verbatimSymlinks: true })
    cpSync(classes, join(folder, 'app'), { recursive: true })
  }
  for (const name of ['etc', 'app', 'bin', 'opt', 'tmp']) mkdirSync(join(folder, name), { recursive: true })
  chmodSync(join(folder, 'tmp'), 0o1777)
  writeFileSync(
    join(folder, 'etc', 'passwd'),
    'root:x:0:0:root:/root:/none\napp:x:1000:1000:app:/app:/none\n',
  )
  writeFileSync(join(folder, 'etc', 'group'), 'root:x:0:\napp:x:1000:\n')
  writeFileSync(join(folder, 'etc', 'nsswitch.conf'), 'hosts: files dns\n')
  // It brings its own C library along, and what its JVM needs of others.
  if (tree) return
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
  if (postgres) programs.push(...layOutPostgres(folder))
  for (const library of await librariesOf(programs)) {
    const inside = library.replace(postgresTree, '')
    mkdirSync(join(folder, dirname(inside)), { recursive: true })
    copyFileSync(realpathSync(library), join(folder, inside))
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
  const own = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((name) => join(postgresTree, 'usr', 'lib', name))
  const env = { ...process.env, LD_LIBRARY_PATH: own.join(':') }
  for (const program of programs) {
    // A script, or a library that lies beside another, is no failure.
    const { stdout } = await promisify(execFile)('ldd', [program], { env }).catch(({ stdout }) => ({
      stdout: stdout ?? '',
    }))
    for (const [, found] of stdout.matchAll(/^\s*(?:\S+ => )?(\/.+) \(0x/gm))
      if (!programs.includes(found) && existsSync(found) && !found.includes('/opt/java/'))
        libraries.add(found)
  }
  return libraries
}
