/** Packages of other Debian suites than this machine's, or for another processor, under an apt configuration of their own: nothing is installed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, SetupError } from './run.mjs'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Where this machine gets its packages from. */
function mirror() {
  const folder = '/etc/apt/sources.list.d'
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  for (const file of ['/etc/apt/sources.list', ...files].filter((file) => existsSync(file))) {
    if (!/\.(list|sources)$/.test(file)) continue
    const found = /^(?:URIs:|deb(?: \[.*\])?)\s+(\S+\/debian)\/?(?=\s)/m.exec(readFileSync(file, 'utf8'))
    if (found) return found[1]
  }
  throw new SetupError('no Debian mirror is configured')
}

/** Reads the package lists of a suite, and gives them to `work` with what can be done with them; then removes them. */
export async function withSuite(suite, folder, work, architecture = null) {
  const apt = join(folder, `apt-${suite}`)
  mkdirSync(join(apt, 'lists', 'partial'), { recursive: true })
  mkdirSync(join(apt, 'cache', 'archives', 'partial'), { recursive: true })
  const sources = join(apt, 'sources.list')
  writeFileSync(sources, `deb [signed-by=${keyring}] ${mirror()} ${suite} main\n`)
  const own = [
    `Dir::State::lists=${join(apt, 'lists')}`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${join(apt, 'cache')}`,
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=-',
    'APT::Sandbox::User=root',
    ...(architecture === null
      ? []
      : [`APT::Architecture=${architecture}`, `APT::Architectures=${architecture}`]),
  ].flatMap((setting) => ['-o', setting])
  try {
    await run('apt-get', [...own, 'update'])
    return await work({
      /** The names of all packages that match. */
      search: async (pattern) =>
        (await run('apt-cache', [...own, 'search', '--names-only', pattern]))
          .split('\n')
          .map((line) => line.split(' ')[0])
          .filter((name) => name !== ''),
      /** The names of those that a package depends on. */
      dependsOn: async (name) =>
        [...(await run('apt-cache', [...own, 'depends', name])).matchAll(/^ *\|?Depends: (\S+)$/gm)].map(
          ([, each]) => each,
        ),
      /** The package, and the libraries that it needs, and those that they need. */
      withLibraries: async (name) => {
        const options = ['--recurse', '--important', '--no-recommends']
        const lines = (await run('apt-cache', [...own, 'depends', ...options, name])).split('\n')
        return [name, ...new Set(lines.filter((line) => /^lib[\w.+-]+$/.test(line)))]
      },
      /** Unpacks packages into a folder. */
      unpack: async (names, into) => {
        const debs = join(apt, 'debs')
        mkdirSync(debs)
        await run('apt-get', [...own, 'download', ...names.map((name) => `${name}/${suite}`)], { cwd: debs })
        for (const deb of readdirSync(debs)) await run('dpkg', ['-x', join(debs, deb), into])
        rmSync(debs, { recursive: true })
      },
    })
  } finally {
    rmSync(apt, { recursive: true, force: true })
  }
}
