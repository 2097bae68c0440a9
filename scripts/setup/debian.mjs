/** The compilers and headers that the build needs, from Debian. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { findTool, javaHome, run, say, SetupError } from './run.mjs'

// `has` accepts what serves as well from elsewhere: a newer clang, or any JDK.
const needed = [
  { name: 'gcc' },
  { name: 'make', has: () => findTool('make') },
  { name: 'libc6-dev' },
  { name: 'musl-tools' },
  { name: 'default-jdk-headless', has: javaHome },
  { name: 'maven', has: () => findTool('mvn') },
]
const neededForEbpf = [
  { name: 'clang', has: () => findTool('clang') },
  { name: 'llvm', has: () => findTool('llvm-strip') },
  { name: 'bpftool', has: () => findTool('bpftool') },
  { name: 'libbpf-dev' },
  { name: 'libelf-dev' },
  { name: 'zlib1g-dev' },
]

function installedPackages(names) {
  try {
    // It exits with 1 when a package is unknown, and still prints the others.
    return execFileSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (error) {
    return error.code === 'ENOENT' ? null : String(error.stdout ?? '')
  }
}

function hasPackageLists() {
  try {
    return readdirSync('/var/lib/apt/lists').some((file) => file.includes('_Packages'))
  } catch {
    return false
  }
}

/** Another set-up, or the machine's own updates, may be at it: seconds. */
const WAITS = ['-o', 'DPkg::Lock::Timeout=600']

/** Installs Debian packages as root. */
export async function installPackages(names) {
  say(`installing Debian packages: ${names.join(' ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const attempt = () =>
    run('apt-get', [...WAITS, 'install', '-y', '--no-install-recommends', ...names], { env })
  const refresh = () => run('apt-get', ['update'], { env })
  if (!hasPackageLists()) await refresh()
  // Lists that are too old name versions that the mirror no longer has.
  await attempt().catch(async () => {
    await refresh()
    await attempt()
  })
}

/** Installs what is missing as root; else prints the line to run. What only the eBPF tracer lacks lets the rest go on. */
export async function debian(plan) {
  const missing = [...needed, ...neededForEbpf].filter(({ has }) => !has?.())
  if (missing.length === 0) return
  const installed = installedPackages(missing.map(({ name }) => name))
  const isDebian = installed !== null && findTool('apt-get') !== null
  const absent = isDebian ? missing.filter(({ name }) => !installed.includes(`${name} installed\n`)) : missing
  // Elsewhere headers can't be looked up by package name: only tools count, and the compiler tells the rest.
  const wanted = isDebian ? absent : absent.filter(({ has }) => has)
  if (wanted.length === 0) return

  const names = wanted.map(({ name }) => name)
  if (isDebian && process.getuid() === 0) return await installPackages(names)

  const advice = isDebian
    ? `run this first:\n  sudo apt-get install -y --no-install-recommends ${names.join(' ')}`
    : `install what this system calls ${names.join(', ')} (these are Debian's names), then start again`
  if (wanted.some((entry) => needed.includes(entry))) throw new SetupError(advice, 4)

  plan.ebpf = false
  const loss = 'without these packages the eBPF tracer is not built, and checks have no kernel evidence'
  if (plan.withoutEbpf) say(`${loss}; to get it, ${advice}`)
  else plan.unfinished.push(`${loss}.\nTo get it, ${advice}\nTo go on without it, add --without-ebpf.`)
}
